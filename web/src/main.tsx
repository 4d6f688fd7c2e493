import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import "./styles/tokens.css";
import "./styles/base.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

// Whoever goes about by keyboard has not begun yet.
void import("./app/keepFocus").then(({ keepFocus }) => keepFocus());
void import("./app/showFocus").then(({ showFocus }) => showFocus());
