import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { ProjectPath } from "../../api/queries";
import type { Run } from "../../api/types";
import { CodeBlock } from "../../components/CodeBlock";
import { ErrorNote } from "../../components/ErrorNote";
import { Select } from "../../components/Select";
import { Skeleton } from "../../components/Skeleton";
import { ChevronIcon } from "../../components/signs";
import { namesApart } from "../../view/names";
import styles from "./CompareCode.module.css";
import { type Change, type CodeFile, codeQuery, differenceWords, type FilePair, filePairs } from "./codeOf";
import { FileDiff } from "./FileDiff";

interface Props {
  path: ProjectPath;
  runs: readonly Run[];
}

/** The source files of two of the runs, folded until somebody wants to see them. */
export function CompareCode({ path, runs }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.section} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <ChevronIcon />
        <h2>Code</h2>
      </summary>
      {/* Other runs, other two: one that is no longer compared is not among the choices. */}
      {open && <TwoRuns key={runs.map(({ id }) => id).join("\n")} path={path} runs={runs} />}
    </details>
  );
}

function TwoRuns({ path, runs }: Props) {
  const [ids, setIds] = useState<readonly [string, string]>([runs[0]?.id ?? "", runs[1]?.id ?? ""]);
  const left = useQuery(codeQuery(path, ids[0]));
  const right = useQuery(codeQuery(path, ids[1]));
  const names = [...namesApart(runs)];
  const failed = left.error === null ? right : left;
  return (
    <>
      <div className={styles.which}>
        <Select label="Left" options={names} value={ids[0]} onChange={(id) => setIds([id, ids[1]])} />
        <Select label="Right" options={names} value={ids[1]} onChange={(id) => setIds([ids[0], id])} />
      </div>
      {failed.error !== null ? (
        <ErrorNote error={failed.error} retry={failed.refetch} />
      ) : left.data === undefined || right.data === undefined ? (
        <Skeleton height={240} />
      ) : (
        <Files key={ids.join("\n")} left={left.data} right={right.data} />
      )}
    </>
  );
}

const WORDS: Record<Change, string> = {
  changed: "differs",
  "only left": "only left",
  "only right": "only right",
  same: "the same",
};

function Files({ left, right }: { left: readonly CodeFile[]; right: readonly CodeFile[] }) {
  const pairs = useMemo(() => filePairs(left, right), [left, right]);
  const [chosen, choose] = useState<FilePair | undefined>(pairs.find(({ change }) => change !== "same"));
  if (pairs.length === 0) {
    return (
      <div className={styles.none}>
        <p>Neither of the two has logged its code. These log it with each run:</p>
        <CodeBlock
          label="Example"
          text={
            'run = besom.init(save_code=True)  # the program\nrun.log_code(".")  # all sources below a folder'
          }
        />
      </div>
    );
  }
  return (
    <>
      <p className={styles.count} role="status">
        {differenceWords(pairs)}
      </p>
      <ul className={styles.files} aria-label="Files">
        {pairs.map((pair) => (
          <li key={pair.path}>
            <button
              type="button"
              className={styles.file}
              aria-pressed={pair.path === chosen?.path}
              onClick={() => choose(pair)}
            >
              <span>{pair.path}</span>
              <span className={styles.change}>{WORDS[pair.change]}</span>
            </button>
          </li>
        ))}
      </ul>
      {chosen !== undefined && <FileDiff key={chosen.path} pair={chosen} />}
    </>
  );
}
