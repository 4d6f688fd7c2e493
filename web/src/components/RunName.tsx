import { useOwnName } from "../view/useOwnNames";

interface Props {
  /** A run, or what names one. */
  of: { entity: string; project: string; id: string; name: string };
}

/** A run's name as the reader knows it, where it is named by itself; lists of runs come with theirs from the `RunView`. */
export function RunName({ of: { entity, project, id, name } }: Props) {
  const [own] = useOwnName(`${entity}/${project}`, id);
  return own ?? name;
}
