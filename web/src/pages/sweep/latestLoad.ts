/** How busy a machine is, in words. */

const GPU = /^gpu\.(\d+)\.gpu$/;
const CPU = "system.cpu";

/** `GPU 0: 97 %, GPU 1: 3 %, processor: 41 %` from the latest value of each key; nothing where nothing was measured. */
export function latestLoad(values: Readonly<Record<string, number>> | undefined): string {
  const named = Object.entries(values ?? {}).flatMap(([key, value]): [string, number][] => {
    const gpu = GPU.exec(key);
    return gpu !== null ? [[`GPU ${gpu[1]}`, value]] : key === CPU ? [["processor", value]] : [];
  });
  const inOrder = named.sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
  return inOrder.map(([name, value]) => `${name}: ${Math.round(value)} %`).join(", ");
}
