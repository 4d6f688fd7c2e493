/** Ids in a parameter of an address. besom's may hold anything but / \ # ? % and :, so the last of these separates them. */
export const formatIds = (ids: Iterable<string>): string => [...ids].join(":");

export const parseIds = (text: string | null): ReadonlySet<string> =>
  new Set((text ?? "").split(":").filter((id) => id !== ""));
