/** A title as the name of a file, wherever that is to be. */
export const fileNamed = (title: string): string => title.replace(/[^\w.-]+/g, "_");

/** Offers text as a file to save. */
export const saveText = (name: string, text: string): void =>
  saveBlob(name, new Blob([text], { type: "text/plain;charset=utf-8" }));

/** The same for any bytes. */
export function saveBlob(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
