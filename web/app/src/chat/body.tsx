import { useMemo, useState } from "preact/hooks";
import {
  beginning,
  blocksOf,
  codePoints,
  isOnlyEmoji,
  piecesOf,
} from "../core/text";

/** What is longer, in UTF-16 units or in lines, is shown folded. */
const FOLDED_UNITS = 1000;
const FOLDED_LINES = 16;
/** A long text is drawn in blocks of which browsers skip those out of sight. */
const BLOCK_UNITS = 2000;

export function folded(text: string): string {
  let end = beginning(text, FOLDED_UNITS).length;
  for (let at = -1, lines = 0; lines < FOLDED_LINES; ++lines) {
    at = text.indexOf("\n", at + 1);
    if (at < 0 || at >= end) return text.slice(0, end);
    if (lines === FOLDED_LINES - 1) end = at;
  }
  return text.slice(0, end);
}

/** A message's text: text and links, never HTML. */
export function Body({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  const start = useMemo(() => folded(text), [text]);
  if (start.length === text.length)
    return (
      <div class={isOnlyEmoji(text) ? "body body-emoji" : "body"} dir="auto">
        <Text text={text} />
      </div>
    );
  return (
    <>
      <div class={open ? "body" : "body body-folded"} dir="auto">
        {open ? <Blocks text={text} /> : <Text text={start} />}
      </div>
      <button
        type="button"
        class="link unfold"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {open
          ? "Show less"
          : `Show all ${codePoints(text).toLocaleString()} characters`}
      </button>
    </>
  );
}

function Blocks({ text }: { text: string }) {
  const blocks = useMemo(() => blocksOf(text, BLOCK_UNITS), [text]);
  return (
    <>
      {blocks.map((block, i) => (
        <div class="block" key={i}>
          <Text text={block} />
        </div>
      ))}
    </>
  );
}

function Text({ text }: { text: string }) {
  const pieces = useMemo(() => piecesOf(text), [text]);
  return (
    <>
      {pieces.map((piece, i) =>
        piece.link ? (
          <a
            key={i}
            href={piece.link}
            target="_blank"
            rel="noopener noreferrer nofollow"
          >
            <bdi>{piece.text}</bdi>
          </a>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}
