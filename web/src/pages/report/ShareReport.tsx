import { endReportLink, makeReportLink, reportLinkQuery } from "../../api/links";
import type { ProjectPath } from "../../api/queries";
import { ShareControl } from "../../components/ShareControl";

const WORDS = (
  <>
    <p>
      <strong>They see</strong> the report, and of each sweep that a panel of it names the configuration and
      all runs with their parameters, results, tags and curves, whatever a panel's filter says. Make sure that
      no password or key is among them.
    </p>
    <p>
      <strong>They do not see</strong> logs, files, media, events and agents, other sweeps, runs and reports.
      A panel that you take out takes its sweep with it.
    </p>
  </>
);

export const ShareReport = ({ path, id }: { path: ProjectPath; id: string }) => (
  <ShareControl
    what="report"
    query={reportLinkQuery(path, id)}
    make={(renew) => makeReportLink(path, id, renew)}
    end={() => endReportLink(path, id)}
    words={WORDS}
  />
);
