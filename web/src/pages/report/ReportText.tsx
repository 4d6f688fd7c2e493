import type { ProjectPath } from "../../api/queries";
import { ZoomProvider } from "../../charts/zoom";
import { Markdown } from "../../components/Markdown";
import { PanelView } from "./PanelView";
import { isPanelKind } from "./panels";

/** A report as it is read: text, with live panels where its fenced blocks name them. */
export const ReportText = ({ path, text }: { path: ProjectPath; text: string }) => (
  <ZoomProvider>
    <Markdown
      text={text}
      fence={(language, block) =>
        isPanelKind(language) ? <PanelView path={path} kind={language} text={block} /> : undefined
      }
    />
  </ZoomProvider>
);
