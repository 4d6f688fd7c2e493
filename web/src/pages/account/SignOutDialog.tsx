import { useQueryClient } from "@tanstack/react-query";
import { signOutEverywhere } from "../../api/accounts";
import { TaskDialog } from "../../components/RunTasks/TaskDialog";
import styles from "./Account.module.css";

interface Props {
  name: string;
  /** Whether that is the viewer. */
  isMe: boolean;
  close: () => void;
}

/** Ends all browser sessions of a user. */
export function SignOutDialog({ name, isMe, close }: Props) {
  const queries = useQueryClient();
  const act = async () => {
    await signOutEverywhere(name);
    if (isMe) await queries.resetQueries();
    return null;
  };
  return (
    <TaskDialog
      title={isMe ? "Sign out everywhere?" : `Sign ${name} out everywhere?`}
      name="Sign out"
      danger
      act={act}
      close={close}
    >
      <p className={styles.soft}>
        {isMe
          ? "All your browsers, this one too, are signed out."
          : `All browsers of ${name} are signed out.`}{" "}
        Sign-in links that nobody has used end. Keys stay good: revoke those that others may have.
      </p>
    </TaskDialog>
  );
}
