import { signInLink } from "../../api/accounts";
import { LinkToGive } from "../../components/LinkToGive";
import { TaskDialog } from "../../components/RunTasks/TaskDialog";
import styles from "./Account.module.css";
import { Made } from "./Field";

/** Makes a link that signs a user in, and shows it. */
export function SignInLinkDialog({ name, close }: { name: string; close: () => void }) {
  const act = async () => {
    const { url } = await signInLink(name);
    return (
      <Made>
        <p>It signs in one browser as {name}, once, within seven days.</p>
        <LinkToGive url={url} secret />
      </Made>
    );
  };
  return (
    <TaskDialog title={`Sign-in link for ${name}`} name="Make a link" act={act} close={close}>
      <p className={styles.soft}>
        For somebody who has lost the last key: there are no passwords. Give it to nobody else.
      </p>
    </TaskDialog>
  );
}
