import type { ComponentChildren, RefObject } from "preact";
import {
  useEffect,
  useLayoutEffect,
  useReducer,
  useRef,
  useState,
} from "preact/hooks";
import { RowLayout } from "./row_layout";

/** Rows are drawn this far beyond what is seen, and again from so near. */
const AHEAD_PX = 1000;
const MARGIN_PX = 400;
/** As near to the end as this is at the end. */
const END_PX = 24;

export interface ListHandle {
  /** Scrolls as little as it takes to see a row. */
  reveal(at: number): void;
  toEnd(): void;
}

interface Props<R> {
  rows: readonly R[];
  estimate(row: R): number;
  render(row: R, index: number): ComponentChildren;
  /** Told after drawing and scrolling: what lies above, and whether at the end. */
  onView(view: { above: number; atEnd: boolean }): void;
  handle: RefObject<ListHandle | null>;
  children?: ComponentChildren;
  label: string;
  busy: boolean;
  onKeyDown(event: KeyboardEvent): void;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The row that stays where it is, by its distance to the view's lower edge. */
type Anchor = { readonly at: number; readonly below: number } | "end";

/**
 * A list that holds its end, or else what is being read, whatever happens
 * above and below. Only what is near the view is in the document. The scroller
 * is a reversed column, so that its scroll position counts from the bottom.
 */
export class ListView<R extends { readonly at: number }> {
  readonly layout: RowLayout<R>;
  scroller: HTMLElement | null = null;
  anchor: Anchor = "end";
  drawn: Range = { from: 0, to: 0 };
  #rows: readonly R[] = [];

  constructor(estimate: (row: R) => number) {
    this.layout = new RowLayout(estimate);
  }

  set(rows: readonly R[]): void {
    this.#rows = rows;
    this.layout.set(rows);
  }

  get height(): number {
    return this.scroller?.clientHeight || window.innerHeight;
  }

  /** From the bottom of all rows to the lower edge of the view. */
  get distance(): number {
    if (this.anchor === "end") return 0;
    const { at, below } = this.anchor;
    const bottom = this.layout.bottomOf(this.layout.indexOf(at));
    return Math.max(0, bottom + below);
  }

  set distance(distance: number) {
    if (distance < END_PX || this.#rows.length === 0) {
      this.anchor = "end";
      return;
    }
    const index = this.layout.indexAt(distance);
    const below = distance - this.layout.bottomOf(index);
    this.anchor = { at: this.#rows[index]!.at, below };
  }

  /** The rows to draw; those drawn already as long as they suffice. */
  range(again: boolean): Range {
    const { drawn, distance, height } = this;
    const fits =
      this.layout.bottomOf(drawn.to - 1) <= Math.max(0, distance - MARGIN_PX) &&
      this.layout.topOf(drawn.from) >=
        Math.min(this.layout.total, distance + height + MARGIN_PX);
    if (fits && !again && drawn.to > drawn.from) return drawn;
    const from = this.layout.indexAt(distance + height + AHEAD_PX);
    const to = this.layout.indexAt(Math.max(0, distance - AHEAD_PX)) + 1;
    return { from, to: Math.min(to, this.#rows.length) };
  }

  get above(): number {
    return this.layout.total - this.distance - this.height;
  }
}

export function VirtualList<R extends { readonly at: number }>(
  props: Props<R>,
) {
  const { rows, render, onView, handle } = props;
  const [view] = useState(() => new ListView<R>(props.estimate));
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const scroller = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const shownRows = useRef<readonly R[]>();
  view.set(rows);
  const range = view.range(shownRows.current !== rows);
  view.drawn = range;
  shownRows.current = rows;

  useLayoutEffect(() => {
    view.scroller = scroller.current;
    let news = false;
    for (const element of inner.current!.children)
      news = measure(view, element as HTMLElement) || news;
    const top = -view.distance;
    if (Math.abs(scroller.current!.scrollTop - top) >= 1)
      scroller.current!.scrollTop = top;
    if (news) redraw(undefined);
    else onView({ above: view.above, atEnd: view.anchor === "end" });
  });

  useEffect(() => watchSizes(view, scroller.current!, inner.current!, redraw));

  handle.current = {
    reveal: (at) => {
      const index = view.layout.indexOf(at);
      const bottom = view.layout.bottomOf(index);
      const top = view.layout.topOf(index);
      if (bottom < view.distance) view.distance = Math.max(0, bottom - 8);
      else if (top > view.distance + view.height)
        view.distance = Math.min(top + 8, view.layout.total) - view.height;
      redraw(undefined);
    },
    toEnd: () => {
      view.anchor = "end";
      redraw(undefined);
    },
  };

  const onScroll = () => {
    view.distance = Math.max(0, -scroller.current!.scrollTop);
    const next = view.range(false);
    if (next !== view.drawn) redraw(undefined);
    else onView({ above: view.above, atEnd: view.anchor === "end" });
  };

  const drawn = rows.slice(range.from, range.to);
  return (
    <div class="scroller" ref={scroller} onScroll={onScroll}>
      <div class="scroller-inner" style={{ height: view.layout.total }}>
        <div
          class="scroller-rows"
          ref={inner}
          {...(rows.length > 0 && {
            role: "feed",
            "aria-label": props.label,
            "aria-busy": props.busy,
          })}
          style={{ bottom: view.layout.bottomOf(range.to - 1) }}
          onKeyDown={props.onKeyDown}
        >
          {drawn.map((row, i) => render(row, range.from + i))}
        </div>
      </div>
      {props.children}
    </div>
  );
}

function measure<R extends { readonly at: number }>(
  view: ListView<R>,
  element: HTMLElement,
): boolean {
  const at = Number(element.dataset["at"]);
  return view.layout.measured(at, element.getBoundingClientRect().height);
}

/** Heights change later too: an emoji font arrives, a text is unfolded. */
function watchSizes<R extends { readonly at: number }>(
  view: ListView<R>,
  scroller: HTMLElement,
  inner: HTMLElement,
  redraw: (action: undefined) => void,
): () => void {
  let { clientWidth: width, clientHeight: height } = scroller;
  const observer = new ResizeObserver((entries) => {
    let news = false;
    for (const { target } of entries) {
      // A row that is drawn no more has lost its height only here.
      if (!target.isConnected) continue;
      if (target !== scroller) {
        news = measure(view, target as HTMLElement) || news;
        continue;
      }
      if (scroller.clientWidth !== width) view.layout.forget();
      else if (scroller.clientHeight === height) continue;
      ({ clientWidth: width, clientHeight: height } = scroller);
      news = true;
    }
    if (news) redraw(undefined);
  });
  observer.observe(scroller);
  for (const element of inner.children) observer.observe(element);
  return () => observer.disconnect();
}
