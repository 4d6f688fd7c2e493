/** A stream of server-sent events: one of the window's own, or its part in one that all windows of the browser share. */

/** What is heard of a stream. `beat`: the server has nothing to tell, but is there. After `error` there comes no more. */
export type Heard = "open" | "beat" | "error" | { data: string };
export type Hear = (heard: Heard) => void;

/** What a window tells the one who keeps the shared stream. `anew`: one that is open already may be dead. */
export type Asked = "join" | "join anew" | "here" | "leave";

/** What a window is told: what is heard, and whether it is still there, which it answers with `here`. */
export type Told = Heard | "there?";

/** Begins to hear; the answer ends it. */
export type OpenStream = (url: string, hear: Hear, anew: boolean) => () => void;

export function ownStream(url: string, hear: Hear): () => void {
  const source = new EventSource(url);
  source.onopen = () => hear("open");
  source.onmessage = ({ data }) => hear({ data });
  source.addEventListener("beat", () => hear("beat"));
  source.onerror = () => {
    source.close();
    hear("error");
  };
  return () => source.close();
}
