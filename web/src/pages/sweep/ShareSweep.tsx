import { endLink, makeLink, sweepLinkQuery } from "../../api/links";
import type { Sweep } from "../../api/types";
import { ShareControl } from "../../components/ShareControl";

const WORDS = (
  <>
    <p>
      <strong>They see</strong> the sweep with its configuration, notes, events and agents, and its runs with
      all that they have: parameters, results, charts, command lines, host and user names, logs, media and
      files. Make sure that no password or key is among them.
    </p>
    <p>
      <strong>They do not see</strong> other sweeps and runs, the project's reports and views, or the source
      files that the sweep was created with.
    </p>
  </>
);

export const ShareSweep = ({ sweep: { id } }: { sweep: Sweep }) => (
  <ShareControl
    what="sweep"
    query={sweepLinkQuery(id)}
    make={(renew) => makeLink(id, renew)}
    end={() => endLink(id)}
    words={WORDS}
  />
);
