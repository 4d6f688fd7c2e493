import type { Sweep } from "../../api/types";

/** Under what a configuration that is being changed is kept: see `useDraft`. */
export const draftOfConfiguration = ({ id }: Sweep): string => `configuration/${id}`;
