import { Button } from "./Button";
import { Dialog, DialogButtons } from "./Dialog";
import { ErrorNote } from "./ErrorNote";

/** Why something that was asked for by a menu did not happen. */
export default function FailureDialog(props: { title: string; error: Error; close: () => void }) {
  return (
    <Dialog title={props.title} onClose={props.close}>
      <ErrorNote error={props.error} />
      <DialogButtons>
        <Button onClick={props.close}>Close</Button>
      </DialogButtons>
    </Dialog>
  );
}
