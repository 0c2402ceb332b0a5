// A text that the page asks the kernel for and that is never saved: the kernel offers it as a body, in a trait with the id
// of the question.

import { fetchBody } from "./stream.js";

/** @import { Model } from "./page.js" */
/** @import { Offer } from "./stream.js" */

const PATIENCE_MS = 10000;
let lastId = Math.floor(Math.random() * 1e9); // another page of this notebook asks the same kernel

/**
 * The text that the kernel has for a message; rejects with its reason where there is none, or no kernel.
 * @param {Model} model
 * @param {string} trait  that has the kernel's answer
 * @param {object} message
 * @returns {Promise<string>}
 */
export async function askText(model, trait, message) {
  lastId += 1;
  const id = lastId;
  /** @type {{ offer?: Offer, error?: string }} */
  const found = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      model.off(`change:${trait}`, listener);
      reject(new Error("The kernel did not respond. It may be busy; try again."));
    }, PATIENCE_MS);
    const listener = () => {
      const answer = model.get(trait);
      if (answer.id !== id) return;
      clearTimeout(timer);
      model.off(`change:${trait}`, listener);
      resolve(answer);
    };
    model.on(`change:${trait}`, listener);
    model.send({ ...message, id });
  });
  if (!found.offer) throw new Error(found.error ?? "There is no such value");
  return new TextDecoder().decode(await fetchBody(model, found.offer, { patienceMs: PATIENCE_MS }));
}
