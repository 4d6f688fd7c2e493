import { lexer, type MarkedToken, type Token, type Tokens } from "marked";
import { createElement, Fragment, type ReactNode, useContext, useMemo } from "react";
import { CardFrame } from "./Card";
import type { MarkdownProps } from "./Markdown";
import styles from "./MarkdownText.module.css";

/** The parser's tokens become elements of the page one by one, so nothing that a user writes is ever read as HTML. */
export default function MarkdownText({ text, fence }: MarkdownProps) {
  const tokens = useMemo(() => lexer(text), [text]);
  const pieces: ReactNode[] = [];
  let prose: Token[] = [];
  const end = () => {
    if (prose.length > 0) pieces.push(<div className={styles.text}>{all(prose)}</div>);
    prose = [];
  };
  for (const token of tokens) {
    const other = token.type === "code" ? fence?.(token.lang ?? "", token.text) : undefined;
    if (other === undefined) prose.push(token);
    else {
      end();
      pieces.push(other);
    }
  }
  end();
  return pieces.map((piece, i) => <Fragment key={i}>{piece}</Fragment>);
}

const all = (tokens: readonly Token[] | undefined): ReactNode =>
  (tokens ?? []).map((token, i) => <Fragment key={i}>{one(token as MarkedToken)}</Fragment>);

function one(token: MarkedToken): ReactNode {
  const inner = () => all("tokens" in token ? token.tokens : undefined);
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading":
      return <Heading depth={token.depth}>{inner()}</Heading>;
    case "paragraph":
      return <p>{inner()}</p>;
    case "text":
      return token.tokens === undefined ? token.text : inner();
    case "strong":
      return <strong>{inner()}</strong>;
    case "em":
      return <em>{inner()}</em>;
    case "del":
      return <del>{inner()}</del>;
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "hr":
      return <hr />;
    case "blockquote":
      return <blockquote>{inner()}</blockquote>;
    case "escape":
      return token.text;
    case "code":
      return <pre className={styles.code}>{token.text}</pre>;
    case "link":
      return <Linked address={token.href}>{inner()}</Linked>;
    case "image": // a picture of another host would tell that host who reads this
      return <Linked address={token.href}>{token.text || token.href}</Linked>;
    case "list":
      return <List list={token} />;
    case "table":
      return <Table table={token} />;
    default:
      return token.raw;
  }
}

/** The first is as high as the title of the card around it: the page has its own first heading. */
function Heading({ depth, children }: { depth: number; children: ReactNode }) {
  const level = depth - 1 + (useContext(CardFrame)?.level ?? 2);
  return createElement(`h${Math.min(6, level)}`, null, children);
}

const SAFE = new Set(["http:", "https:", "mailto:"]);

function Linked({ address, children }: { address: string; children: ReactNode }) {
  const url = URL.canParse(address, location.href) ? new URL(address, location.href) : null;
  if (url === null || !SAFE.has(url.protocol)) return <span>{children}</span>;
  return url.origin === location.origin ? (
    <a href={url.href}>{children}</a>
  ) : (
    <a href={url.href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

function List({ list }: { list: Tokens.List }) {
  const items = list.items.map((item, i) => (
    <li key={i} className={item.task ? styles.task : undefined}>
      {item.task && <input type="checkbox" checked={item.checked ?? false} readOnly aria-label="Done" />}
      {all(item.tokens.filter(({ type }) => type !== "checkbox"))}
    </li>
  ));
  return list.ordered ? <ol start={list.start === "" ? 1 : list.start}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ table }: { table: Tokens.Table }) {
  const align = (i: number) => ({ textAlign: table.align[i] ?? undefined });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={styles.table} aria-label="Table" tabIndex={0}>
      <table aria-label="Table">
        <thead>
          <tr>
            {table.header.map((cell, i) => (
              <th key={i} scope="col" style={align(i)}>
                {all(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, r) => (
            <tr key={r}>
              {row.map((cell, i) => (
                <td key={i} style={align(i)}>
                  {all(cell.tokens)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
