import { useCallback, useEffect, useRef, useState } from "react";
import { useOnChange } from "../../../api/LiveProvider";
import type { Change } from "../../../api/live";
import { fetchOutput, type ProjectPath } from "../../../api/queries";
import type { OutputLine } from "../../../api/types";
import { askFrom, withPage } from "./outputLines";

const INTERVAL = 700;

export interface Output {
  lines: readonly OutputLine[];
  /** Whether all lines have been fetched once. */
  complete: boolean;
  error: Error | null;
  retry: () => void;
}

/** All lines that a run printed, and those that it goes on to print. */
export function useOutput(path: ProjectPath, runId: string, changed: (change: Change) => boolean): Output {
  const { entity, project } = path;
  const [state, setState] = useState<Omit<Output, "retry">>({ lines: [], complete: false, error: null });
  const lines = useRef<OutputLine[]>([]);
  const busy = useRef<AbortController>(null);
  const again = useRef(false);

  const refresh = useCallback(async () => {
    if (busy.current !== null) {
      again.current = true;
      return;
    }
    const control = new AbortController();
    busy.current = control;
    try {
      do {
        again.current = false;
        for (let after = askFrom(lines.current), more = true; more; ) {
          const page = await fetchOutput({ entity, project }, runId, after, control.signal);
          lines.current = withPage(lines.current, after, page.lines);
          more = page.lines.length > 0 && page.next < page.total;
          after = page.next;
          setState({ lines: lines.current, complete: !more, error: null });
        }
      } while (again.current);
    } catch (error) {
      if (!control.signal.aborted) setState((old) => ({ ...old, error: error as Error }));
    } finally {
      if (busy.current === control) busy.current = null;
    }
  }, [entity, project, runId]);

  useEffect(() => {
    void refresh();
    return () => {
      busy.current?.abort();
      busy.current = null;
    };
  }, [refresh]);
  useOnChange(changed, refresh, INTERVAL);
  return { ...state, retry: refresh };
}
