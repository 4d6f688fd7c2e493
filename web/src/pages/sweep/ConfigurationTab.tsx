import type { Sweep } from "../../api/types";
import { CodeBlock } from "../../components/CodeBlock";

/** The configuration as it was written. */
export const ConfigurationTab = ({ sweep }: { sweep: Sweep }) => (
  <CodeBlock text={sweep.text} label="Configuration" />
);
