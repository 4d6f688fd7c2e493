import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { CardFrame } from "./Card";
import MarkdownText from "./MarkdownText";

const shown = (text: string) => render(<MarkdownText text={text} />).container;

it("shows headings, lists, tables and links", () => {
  shown(
    "# Findings\n\n1. a *small* step\n2. `lr` below 0.1\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n[paper](https://example.org/p)",
  );
  expect(screen.getByRole("heading", { level: 2, name: "Findings" })).toBeVisible();
  expect(screen.getAllByRole("listitem").map(({ textContent }) => textContent)).toEqual([
    "a small step",
    "lr below 0.1",
  ]);
  expect(screen.getByRole("cell", { name: "2" })).toHaveStyle({ textAlign: "right" });
  expect(screen.getByRole("link", { name: "paper" })).toHaveAttribute("href", "https://example.org/p");
});

it("begins with the level of the card's title", () => {
  render(
    <CardFrame value={{ titleId: "title", tools: () => null, level: 3 }}>
      <MarkdownText text={"# Findings\n\n## Of June"} />
    </CardFrame>,
  );
  expect(screen.getByRole("heading", { level: 3, name: "Findings" })).toBeVisible();
  expect(screen.getByRole("heading", { level: 4, name: "Of June" })).toBeVisible();
});

it("never reads HTML: tags are shown as they were written", () => {
  const text =
    'a <img src=x onerror=alert(1)> b\n\n<script>alert(2)</script>\n\n<b>bold</b> &amp; "quotes" <c@d.example>';
  const { textContent } = shown(text);
  expect(document.querySelector("img, script, b")).toBeNull();
  expect(textContent).toContain("<img src=x onerror=alert(1)>");
  expect(textContent).toContain("<script>alert(2)</script>");
});

it.each(["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x"])(
  "makes no link to %s",
  (address) => {
    shown(`[click](${address}) ![pic](${address})`);
    expect(screen.queryByRole("link")).toBeNull();
  },
);

it("fetches no picture: it is a link", () => {
  shown("![curve](https://example.org/c.png)");
  expect(document.querySelector("img")).toBeNull();
  expect(screen.getByRole("link", { name: "curve" })).toHaveAttribute("rel", "noopener noreferrer");
});

it("shows tasks as ticked or not", () => {
  shown("- [x] done\n- [ ] open");
  expect(screen.getAllByRole<HTMLInputElement>("checkbox").map(({ checked }) => checked)).toEqual([
    true,
    false,
  ]);
});

it("lets whoever shows it replace fenced blocks", () => {
  render(
    <MarkdownText
      text={"```curves\nloss\n```\n\n```py\nx = 1\n```"}
      fence={(language, text) => (language === "curves" ? <p>chart of {text}</p> : undefined)}
    />,
  );
  expect(screen.getByText("chart of loss")).toBeVisible();
  expect(screen.getByText("x = 1").tagName).toBe("PRE");
});
