// The JSON editor: CodeMirror. It is a bundle of its own, which the kernel sends once to a page (editor_loader.js).

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  insertCompletionText,
  pickedCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import {
  Annotation,
  Compartment,
  EditorState,
  RangeSet,
  StateEffect,
  StateField,
  Transaction,
} from "@codemirror/state";
import { Decoration, EditorView, GutterMarker, gutterLineClass, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** @import { Completion, CompletionContext } from "@codemirror/autocomplete" */
/** @import { Words } from "./json_words.js" */

const COMPLETED_AS_TYPED = 200_000; // characters of a text; in a longer one completion must be asked for

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--blue)" },
  { tag: tags.string, color: "var(--green)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--amber)" },
  { tag: tags.invalid, color: "var(--red)" },
]);

// The same numbers as those of the text area that it replaces. JupyterLab has rules for .cm-editor, which must not win.
const theme = EditorView.theme({
  "&.cm-editor": {
    backgroundColor: "var(--field)",
    border: "1px solid var(--line)",
    borderRadius: "3px",
    color: "var(--ink)",
    flex: "1",
    fontSize: "var(--jp-code-font-size, 13px)",
    maxHeight: "372px",
    minWidth: "0",
  },
  "&.cm-editor.cm-focused": { outline: "2px solid var(--blue)", outlineOffset: "-1px" },
  ".cm-scroller": { fontFamily: "var(--code)", lineHeight: "20px", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)", minHeight: "88px", padding: "4px 0" },
  ".cm-line": { padding: "0 7px" },
  ".cm-gutters": {
    backgroundColor: "transparent",
    border: "0",
    color: "var(--faint)",
  },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "3ch", padding: "0 1px 0 6px" },
  ".cm-gutterElement.ipyasgi-bad-line": { color: "var(--red)", fontWeight: "700" },
  ".ipyasgi-bad-place": { textDecoration: "underline wavy var(--red)", textUnderlineOffset: "3px" },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "color-mix(in srgb, var(--blue) 22%, transparent)",
    outline: "1px solid var(--blue)",
  },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "transparent", outline: "1px solid var(--red)" },
  ".cm-tooltip": {
    backgroundColor: "var(--paper)",
    border: "1px solid var(--line)",
    borderRadius: "4px",
    boxShadow: "0 2px 8px rgb(0 0 0 / 25%)",
    color: "var(--ink)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--code)", maxHeight: "204px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { lineHeight: "20px", padding: "0 8px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "color-mix(in srgb, var(--blue) 18%, var(--paper))",
    color: "var(--ink)",
  },
  ".cm-completionDetail": { color: "var(--faint)", fontStyle: "normal" },
  ".cm-completionMatchedText": { fontWeight: "600", textDecoration: "none" },
  ".cm-tooltip.cm-completionInfo": { maxWidth: "280px", padding: "4px 8px", whiteSpace: "pre-wrap" },
});

/** @type {import("@codemirror/state").StateEffectType<number | null>} */
const setBadPlace = StateEffect.define();
const badPlace = StateField.define({
  create: () => /** @type {number | null} */ (null),
  update(at, change) {
    let found = at === null ? null : Math.min(change.changes.mapPos(at), change.newDoc.length);
    for (const effect of change.effects) if (effect.is(setBadPlace)) found = effect.value;
    return found;
  },
  provide: (field) => [
    EditorView.decorations.from(field, (at) => (view) => {
      if (at === null) return Decoration.none;
      const line = view.state.doc.lineAt(at);
      const from = Math.max(line.from, Math.min(at, line.to - 1));
      const to = Math.min(line.to, from + 1);
      return from < to ? Decoration.set(badMark.range(from, to)) : Decoration.none;
    }),
    gutterLineClass.compute([field, "doc"], (state) => {
      const at = state.field(field);
      return at === null ? RangeSet.empty : RangeSet.of(badLine.range(state.doc.lineAt(at).from));
    }),
  ],
});
const badMark = Decoration.mark({ class: "ipyasgi-bad-place" });
const badLine = new (class extends GutterMarker {
  elementClass = "ipyasgi-bad-line";
})();

/**
 * Inserts a word in place of what was typed of it, and of some characters after the cursor.
 * @param {string} text
 * @param {number} after
 */
function applyOver(text, after) {
  /** @type {(view: EditorView, completion: Completion, from: number, to: number) => void} */
  return (view, completion, from, to) => {
    view.dispatch({
      ...insertCompletionText(view.state, text, from, Math.min(to + after, view.state.doc.length)),
      annotations: pickedCompletion.of(completion),
    });
  };
}

const fromOutside = Annotation.define();

/**
 * @param {{
 *   attributes: Record<string, string>, onChange: () => void,
 *   complete: (text: string, at: number) => Words | null, root: Node,
 * }} options  attributes: of the element that is edited; root: where the editor will be, for its style sheet
 */
export function createJsonEditor({ attributes, onChange, complete, root }) {
  const language = new Compartment();
  /** @param {CompletionContext} context */
  const source = (context) => {
    const { doc } = context.state;
    if (!context.explicit && doc.length > COMPLETED_AS_TYPED) return null;
    const found = complete(doc.toString(), context.pos);
    if (!found) return null;
    // Where nothing is typed yet, Enter must not pick a word, except after a colon.
    const isStarted = found.from < context.pos || context.matchBefore(/: ?$/) !== null;
    if (!context.explicit && !isStarted) return null;
    const after = found.to - context.pos; // the rest of the token, such as a closing quote, is replaced but not matched
    const options = found.options.map((word) => ({ ...word, apply: applyOver(word.apply, after) }));
    return { from: found.from, options, validFor: /^"?[^"\\\n]*$/ };
  };
  const view = new EditorView({
    root: root instanceof ShadowRoot ? root : document,
    state: EditorState.create({
      extensions: [
        lineNumbers(),
        history(),
        // A bracket over selected text replaces it, instead of surrounding it.
        EditorView.inputHandler.of((editor, from, to, text) => {
          if (from === to || !/^[{[]$/.test(text)) return false;
          editor.dispatch(editor.state.replaceSelection(text), { userEvent: "input.type" });
          return true;
        }),
        closeBrackets(),
        indentOnInput(),
        bracketMatching(),
        syntaxHighlighting(colours),
        indentUnit.of("  "),
        EditorState.tabSize.of(2),
        autocompletion({ override: [source], icons: false, interactionDelay: 0 }),
        // Tab leaves the editor, and Ctrl+Enter belongs to the form.
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter"),
          ...historyKeymap,
        ]),
        badPlace,
        language.of([]),
        EditorView.contentAttributes.of(attributes),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((one) => one.annotation(fromOutside))) onChange();
        }),
        theme,
      ],
    }),
  });
  return {
    dom: view.dom,
    content: view.contentDOM,
    get text() {
      return view.state.doc.toString();
    },
    /** @param {string} text */
    setText(text) {
      const insert = view.state.toText(text);
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert },
        selection: { anchor: Math.min(view.state.selection.main.anchor, insert.length) },
        annotations: [fromOutside.of(true), Transaction.addToHistory.of(false)],
      });
    },
    /** @param {{ isJson: boolean }} settings */
    configure({ isJson }) {
      view.dispatch({ effects: language.reconfigure(isJson ? json() : []) });
    },
    /**
     * Marks the place of an error, from 1, or none.
     * @param {[line: number, column: number] | null} place
     */
    mark(place) {
      const at = place && placeOf(view.state, place);
      if (at !== view.state.field(badPlace)) view.dispatch({ effects: setBadPlace.of(at) });
    },
    /**
     * Focuses the editor, and selects a text in it.
     * @param {number} from
     * @param {number} to
     */
    select(from, to) {
      const last = view.state.doc.length;
      view.focus();
      view.dispatch({ selection: { anchor: Math.min(from, last), head: Math.min(to, last) }, scrollIntoView: true });
    },
    destroy: () => view.destroy(),
  };
}

/**
 * @param {EditorState} state
 * @param {[line: number, column: number]} place
 */
function placeOf(state, [number, column]) {
  const line = state.doc.line(Math.min(Math.max(number, 1), state.doc.lines));
  return Math.min(line.from + Math.max(column, 1) - 1, line.to);
}

/** @typedef {ReturnType<typeof createJsonEditor>} JsonEditor */
