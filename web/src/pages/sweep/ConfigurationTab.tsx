import type { Sweep } from "../../api/types";
import { CodeBlock } from "../../components/CodeBlock";
import { SearchSpace } from "./SearchSpace";

/** The search space in words, and the configuration as it was written. */
export const ConfigurationTab = ({ sweep }: { sweep: Sweep }) => (
  <>
    <SearchSpace config={sweep.config} />
    <CodeBlock text={sweep.text} label="Configuration" />
  </>
);
