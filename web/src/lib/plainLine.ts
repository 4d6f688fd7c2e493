/** The first line of a text in Markdown, without its signs. */
export function plainLine(markdown: string): string {
  return plainText(markdown.trim().split("\n", 1)[0] ?? "");
}

/** A text in Markdown without its signs, line by line. */
export function plainText(markdown: string): string {
  return markdown
    .trim()
    .replace(/^(#{1,6}|>|[-*+]|\d+[.)])[ \t]+/gm, "")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/(\*\*|__|~~|`)(.+?)\1/g, "$2")
    .replace(/(?<![\w*])([*_])(\S(?:.*?\S)?)\1(?![\w*])/g, "$2");
}
