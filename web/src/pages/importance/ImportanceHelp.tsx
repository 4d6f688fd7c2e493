import { Popover } from "../../components/Popover";
import { InfoIcon } from "../../components/signs";
import styles from "./ImportanceHelp.module.css";

/** How to read the panel, and how not to. */
export const ImportanceHelp = () => (
  <Popover name={<InfoIcon />} label="How to read this" look="ghost" title="How to read this" width={420}>
    <dl className={styles.help}>
      <dt>Importance</dt>
      <dd>
        How much a parameter matters to the metric, alone and together with others; all shares add up to 100
        %. The thin line says how far a share may be off. It does not say in which direction a parameter
        works.
      </dd>
      <dt>Correlation</dt>
      <dd>
        How close the metric follows a straight line: +1 rises with the parameter, −1 falls, above 0.7 either
        way is strong. One effect at a time, no interactions: a parameter with a best value in the middle has
        none and may still matter most. A category has one row per value. “By rank” stands where the metric
        rises or falls steadily, but not along a straight line.
      </dd>
      <dt>Random forest or PED-ANOVA</dt>
      <dd>
        The forest explains all differences, also those between bad runs. PED-ANOVA asks only what sets the
        best tenth of the runs apart, each parameter by itself: the better question once some regions are
        known to be bad.
      </dd>
      <dt>Mind</dt>
      <dd>
        Neither proves a cause. Few runs and outliers mislead. A search that has settled on one value shows
        little of that parameter. Runs are never grouped here: each one counts, repeats of a configuration
        too.
      </dd>
    </dl>
  </Popover>
);
