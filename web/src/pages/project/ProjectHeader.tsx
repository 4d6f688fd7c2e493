import { Link } from "wouter";
import type { ProjectPath } from "../../api/queries";
import type { Project } from "../../api/types";
import { newSweepPath } from "../../app/routes";
import { PageHeader, Remark } from "../../components/PageHeader";
import { StateIcon } from "../../components/StateIcon";
import { Ago } from "../../components/Time";
import { plural } from "../../lib/format";
import { useMayWrite } from "../../view/MayWrite";
import styles from "./ProjectHeader.module.css";

/** What the project is called, whether anything is going on in it, and how to begin something. */
export function ProjectHeader({ path, project }: { path: ProjectPath; project: Project | undefined }) {
  const mayWrite = useMayWrite();
  return (
    <PageHeader
      name={path.project}
      beside={
        <Remark>
          {project === undefined ? (
            "\u00a0"
          ) : (
            <>
              <span className={styles.running}>
                <StateIcon state={project.running > 0 ? "running" : "pending"} />
                {project.running > 0 ? `${plural(project.running, "run")} at work` : "nothing at work"}
              </span>
              <span>
                last activity <Ago time={project.last_activity} />
              </span>
            </>
          )}
        </Remark>
      }
      actions={
        mayWrite && (
          <Link href={newSweepPath(path)} className={styles.new}>
            New sweep
          </Link>
        )
      }
    />
  );
}
