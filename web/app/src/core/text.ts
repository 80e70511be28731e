/** The beginning of a text, not cut within a character. */
export function beginning(text: string, units: number): string {
  if (text.length <= units) return text;
  const cut = text.charCodeAt(units - 1);
  const isFirstHalf = cut >= 0xd800 && cut < 0xdc00;
  return text.slice(0, isFirstHalf ? units - 1 : units);
}

/** How a message looks in one line. */
export function oneLine(text: string, units = 200): string {
  return beginning(text.slice(0, 2 * units).replace(/\s+/g, " ").trim(), units);
}

/** Unicode code points, which is what the limit of a body counts. */
export function codePoints(text: string): number {
  let pairs = 0;
  for (let i = 0; i < text.length; ++i) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00) ++pairs;
  }
  return text.length - pairs;
}

const URL_IN_TEXT = /\bhttps?:\/\/[^\s<>"'\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

export interface Piece {
  readonly text: string;
  /** It is the address of a page. */
  readonly link?: string;
}

/** Finds the addresses in a text. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(URL_IN_TEXT)) {
    const found = match[0].replace(/[).,;:!?\]}]+$/, "");
    const link = safeLink(found);
    if (!link) continue;
    if (match.index > done) pieces.push({ text: text.slice(done, match.index) });
    pieces.push({ text: found, link });
    done = match.index + found.length;
  }
  if (done < text.length) pieces.push({ text: text.slice(done) });
  return pieces;
}

function safeLink(text: string): string | undefined {
  try {
    const url = new URL(text);
    return /^https?:$/.test(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

const ONLY_EMOJI =
  /^(?:[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u200d\ufe0f\u20e3]){1,12}$/u;

/** One to a few emoji and nothing else: shown large. */
export function isOnlyEmoji(text: string): boolean {
  return text.length <= 24 && ONLY_EMOJI.test(text);
}

/** Cuts a long text where that shows least, into blocks of about `units`. */
export function blocksOf(text: string, units: number): string[] {
  const blocks: string[] = [];
  for (let from = 0; from < text.length; ) {
    const rest = text.slice(from, from + 2 * units);
    const block = rest.length <= units ? rest : cutNear(rest, units);
    blocks.push(block);
    from += block.length;
  }
  return blocks;
}

function cutNear(text: string, units: number): string {
  const line = text.indexOf("\n", units);
  if (line >= 0) return text.slice(0, line + 1);
  const space = text.lastIndexOf(" ", units);
  if (space > units / 2) return text.slice(0, space + 1);
  return beginning(text, units);
}
