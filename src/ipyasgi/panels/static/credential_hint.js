// A line above the response: to sign in after a 401, or to use the token that the app sent.

import { openCredentials } from "./credentials_chip.js";
import { expiryText } from "./credentials_text.js";
import { keepKeys, listen, make, makeButton } from "./page.js";

/** @import { View } from "./page.js" */

/**
 * @typedef {{ kind?: "token" | "sign_in", name: string, keys: string[], sent: boolean, expires_at_s: number | null }} Hint
 *   keys: of the schemes that the token is for, or that the operation needs; sent: whether the request had credentials
 */

/** @param {Hint} hint */
function hintText({ kind, name, keys, sent, expires_at_s: expiresAtS }) {
  if (kind === "token") return `${name} contains an access token.`;
  if (!sent) return `This operation needs credentials: ${keys.join(" or ")}.`;
  const expiry = expiryText(expiresAtS ?? null, Date.now() / 1000);
  return expiry.startsWith("expired") ? `The token ${expiry}.` : "The app rejected the credentials.";
}

export default {
  /** @param {View} view */
  render({ model, el }) {
    const text = make("span", "", { dir: "auto" });
    const buttons = make("span", "ipyasgi-buttons");
    const line = make("div", "ipyasgi-hint-line", { role: "status" }, text, buttons);
    const root = make("div", "ipyasgi-page ipyasgi-credential-hint", {}, line);
    keepKeys(root);
    el.append(root);
    const draw = () => {
      /** @type {Hint} */
      const hint = model.get("hint");
      root.hidden = !hint.kind;
      if (!hint.kind) return;
      text.textContent = hintText(hint);
      buttons.replaceChildren(
        ...(hint.kind === "token"
          ? hint.keys.map((key) =>
              makeButton(
                hint.keys.length > 1 ? `Use as credentials for ${key}` : "Use as credentials",
                "ipyasgi-quiet",
                () => model.send({ ask: "use_token", name: hint.name, key }),
              ),
            )
          : [
              makeButton(hint.sent ? "Sign in again" : "Sign in", "ipyasgi-quiet", () =>
                openCredentials(root, hint.keys),
              ),
            ]),
      );
    };
    draw();
    return listen(model, { "change:hint": draw });
  },
};
