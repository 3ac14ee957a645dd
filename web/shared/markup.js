// Markup of templates. Pure.

/**
 * Markup in which a comment stands behind each value between tags. lit-html takes the node behind a value as its end.
 * A static text there would be an end that a browser's translation removes; no translation removes a comment.
 * @param {readonly string[]} strings The parts of a template around its values.
 */
export function endValues(strings) {
  let isInTag = false;
  let quote = "";
  const betweenTags = strings.slice(0, -1).map((string) => {
    for (const character of string) {
      if (quote) quote = character === quote ? "" : quote;
      else if (!isInTag) isInTag = character === "<";
      else if (character === ">") isInTag = false;
      else if (character === '"' || character === "'") quote = character;
    }
    return !isInTag;
  });
  return {
    betweenTags,
    strings: strings.map((string, index) => (betweenTags[index - 1] ? `<!---->${string}` : string)),
  };
}
