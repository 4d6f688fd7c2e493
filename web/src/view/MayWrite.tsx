import { createContext, useContext } from "react";

const MayWrite = createContext(true);

export const MayWriteProvider = MayWrite.Provider;

/** Whether who looks may change something here: not with the role viewer, not by a link. What changes something is hidden then. */
export const useMayWrite = (): boolean => useContext(MayWrite);
