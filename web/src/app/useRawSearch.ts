import { useSearch } from "wouter/use-browser-location";

/**
 * The words of the address, for the router: it decodes them as a whole before each is decoded by itself, so a per cent
 * sign needs one layer more. Else "50%25" would come back as "50%".
 */
export const useRawSearch = (): string => useSearch().replaceAll("%25", "%2525");
