/** A card as a picture: what is seen of it now, without the controls in its head; of choices there the words stay. */

import { fileNamed, saveBlob } from "./save";

/** Pixels around a card that has no edges of its own. */
const AIR = 16;
const CONTROLS = "header :is(a, button, label:has(input)), [popover]";
const SCROLLS = /auto|scroll/;
/** XML has no words for these. */
const CONTROL_CHARACTERS = /[^\P{Cc}\t\n\r]/gu;

/** Offers the picture of `card`, an element with a header, as a file to save. */
export const saveCardPicture = async (card: HTMLElement, title: string): Promise<void> =>
  saveBlob(`${fileNamed(title)}.png`, await pictureOf(card));

/** Drawn on the colour of its own, or of the dialog that it fills the screen in. */
async function pictureOf(card: HTMLElement): Promise<Blob> {
  const { width, height } = card.getBoundingClientRect();
  const copy = dressed(card) as HTMLElement;
  copy.style.margin = "0";
  copy.style.border = "1px solid transparent";
  const markup = new XMLSerializer().serializeToString(copy).replace(CONTROL_CHARACTERS, "");
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><foreignObject width="100%" height="100%">${markup}</foreignObject></svg>`,
  )}`;
  await image.decode();
  const ground = card.closest("dialog") ?? card;
  const air = ground === card ? 0 : AIR;
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil((width + 2 * air) * devicePixelRatio);
  canvas.height = Math.ceil((height + 2 * air) * devicePixelRatio);
  const ctx = canvas.getContext("2d") as CanvasRenderingContext2D;
  ctx.fillStyle = getComputedStyle(ground).backgroundColor;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.scale(devicePixelRatio, devicePixelRatio);
  ctx.drawImage(image, air, air, width, height);
  return pngOf(canvas);
}

/** A copy that looks the same without style sheets, since a picture knows none. */
function dressed(element: Element): Element {
  const copy = element instanceof HTMLCanvasElement ? new Image() : (element.cloneNode() as HTMLElement);
  if (element instanceof HTMLCanvasElement) (copy as HTMLImageElement).src = element.toDataURL();
  const style = getComputedStyle(element);
  copy.style.cssText = textOf(style);
  if (SCROLLS.test(style.overflow)) copy.style.overflow = "hidden";
  const [before, after] = ["::before", "::after"].map((name) => ornament(element, name));
  const shift = `${-element.scrollLeft}px ${-element.scrollTop}px`;
  const inside = [...element.childNodes].flatMap((child): (Node | string)[] => {
    if (!(child instanceof Element)) return [child.cloneNode()];
    if (child instanceof HTMLSelectElement) return [child.selectedOptions[0]?.text ?? ""];
    if (child.matches(CONTROLS) || getComputedStyle(child).display === "none") return [];
    const one = dressed(child) as HTMLElement;
    if (shift !== "0px 0px") one.style.translate = shift;
    return [one];
  });
  copy.append(...(before ?? []), ...inside, ...(after ?? []));
  return copy;
}

/** What style sheets put before or after what is in an element. */
function ornament(element: Element, name: string): HTMLElement[] {
  const style = getComputedStyle(element, name);
  if (!style.content.startsWith('"')) return [];
  const copy = document.createElement("span");
  copy.style.cssText = textOf(style);
  copy.textContent = style.content.slice(1, -1);
  return [copy];
}

/** All of it, as the browser has worked it out: colours of the scheme, sizes in pixels. */
const textOf = (style: CSSStyleDeclaration): string =>
  [...style].map((name) => `${name}:${style.getPropertyValue(name)}`).join(";");

/** An Error where the browser has no memory for it. */
const pngOf = (canvas: HTMLCanvasElement): Promise<Blob> =>
  new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob === null ? reject(new Error("The picture is too large.")) : resolve(blob))),
  );
