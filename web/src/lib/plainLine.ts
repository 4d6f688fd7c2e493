/** The first line of a text in Markdown, without its signs. */
export function plainLine(markdown: string): string {
  const line = markdown.trim().split("\n", 1)[0] ?? "";
  return line
    .replace(/^(#{1,6}|>|[-*+]|\d+[.)])\s+/, "")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/(\*\*|__|~~|`)(.+?)\1/g, "$2")
    .replace(/(?<![\w*])([*_])(\S(?:.*?\S)?)\1(?![\w*])/g, "$2");
}
