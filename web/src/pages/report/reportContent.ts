/** The text of a report, whatever else its content may hold. */
export const markdownOf = (content: Record<string, unknown>): string =>
  typeof content.markdown === "string" ? content.markdown : "";
