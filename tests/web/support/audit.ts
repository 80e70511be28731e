import type { CDPSession, Page, Response } from "playwright-core";

/** One thing that was looked at, and what is wrong with it, if anything is. */
export interface Finding {
  readonly audit: string;
  readonly faults: readonly string[];
}

/** What came over the network for a page. */
interface Loaded {
  readonly path: string;
  readonly origin: string;
  readonly status: number;
  readonly type: string;
  readonly encoding: string;
  readonly cache: string;
  readonly hasTag: boolean;
  readonly bytes: number;
}

/** What a page measures of itself from its beginning on. */
interface Measured {
  layoutShift: number;
  /** What moved, and from where to where. */
  shifted: string[];
  largestPaint: number;
}

interface Axe {
  run(
    options: object,
  ): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

/** Responses below this are not worth compressing. */
const COMPRESSED_FROM_BYTES = 1400;
const YEAR_S = 31_536_000;
const SCRIPTS_BYTES_MAX = 120 * 1024;
const BLOCKING_BYTES_MAX = 14 * 1024;
const LAYOUT_SHIFT_MAX = 0.1;
const ELEMENTS_MAX = 1500;

const isText = (type: string) => /^text\/|json|javascript|svg/.test(type);

/** Looks at a page as Lighthouse does, by what the browser itself tells. */
export class Audit {
  readonly #page: Page;
  readonly #responses: Response[] = [];
  readonly #complaints: string[] = [];
  readonly #issues: string[] = [];
  readonly #cdp: CDPSession;

  private constructor(page: Page, cdp: CDPSession) {
    this.#page = page;
    this.#cdp = cdp;
    page.on("response", (response) => this.#responses.push(response));
    page.on("pageerror", (error) => this.#complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning")
        this.#complaints.push(message.text());
    });
    // What the developer tools list as issues: deprecated functions, content
    // that a policy refused, mixed content, forms that cannot be filled in.
    cdp.on("Audits.issueAdded", ({ issue }) =>
      this.#issues.push(`${issue.code} ${JSON.stringify(issue.details)}`),
    );
  }

  /** Before the page goes anywhere. */
  static async of(page: Page): Promise<Audit> {
    const cdp = await page.context().newCDPSession(page);
    const audit = new Audit(page, cdp);
    await cdp.send("Audits.enable");
    await page.addInitScript(measure);
    return audit;
  }

  /** When the page is drawn. */
  async findings(axeSource: string): Promise<Finding[]> {
    const loaded = await Promise.all(this.#responses.map(read));
    return [
      ...network(loaded, this.#page.url()),
      { audit: "the console is empty", faults: this.#complaints },
      { audit: "no issue, nothing deprecated", faults: this.#issues },
      await this.#blocking(loaded),
      ...(await this.#document()),
      ...(await this.#manifest()),
      ...(await this.#access(axeSource)),
    ];
  }

  /** Reported, not judged: how fast depends on the machine. */
  async paints(): Promise<string> {
    const [first, largest] = await this.#page.evaluate(() => {
      const name = "first-contentful-paint";
      const { audited } = globalThis as unknown as { audited: Measured };
      const [first] = performance.getEntriesByName(name);
      return [first?.startTime ?? NaN, audited.largestPaint] as const;
    });
    return `first paint ${Math.round(first)} ms, largest ${Math.round(largest)} ms`;
  }

  async #blocking(loaded: readonly Loaded[]): Promise<Finding> {
    const names = await this.#page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .filter(
          (x) =>
            (x as unknown as { renderBlockingStatus: string })
              .renderBlockingStatus === "blocking",
        )
        .map((x) => new URL(x.name).pathname),
    );
    const blocking = loaded.filter((x) => names.includes(x.path));
    const bytes = sum(blocking.map((x) => x.bytes));
    const faults = blocking
      .filter((x) => x.type.includes("script"))
      .map((x) => `${x.path} blocks`);
    if (bytes > BLOCKING_BYTES_MAX) faults.push(`${bytes} bytes block`);
    return { audit: "little blocks the first paint", faults };
  }

  async #document(): Promise<Finding[]> {
    const measured = await this.#page.evaluate(() => {
      const meta = (name: string) =>
        document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)
          ?.content ?? "";
      const { audited } = globalThis as unknown as { audited: Measured };
      return {
        shift: audited.layoutShift,
        shifted: audited.shifted,
        elements: document.querySelectorAll("*").length,
        head: {
          "a doctype": document.compatMode === "CSS1Compat",
          "UTF-8": document.characterSet === "UTF-8",
          "a title": document.title !== "",
          "a language": document.documentElement.lang !== "",
          "a description": meta("description") !== "",
          "a viewport": /width=device-width/.test(meta("viewport")),
          "room to zoom": !/user-scalable=no|maximum-scale/.test(
            meta("viewport"),
          ),
          "a safe origin": isSecureContext,
        },
        images: [...document.images].map((x) => {
          const { src, complete, naturalWidth } = x;
          const sized = x.hasAttribute("width") && x.hasAttribute("height");
          const svg = new URL(src).pathname.endsWith(".svg");
          const wide = x.clientWidth * devicePixelRatio * 2;
          return {
            src,
            sized,
            loaded: complete && naturalWidth > 0,
            fits: svg || wide === 0 || naturalWidth <= wide,
          };
        }),
      };
    });
    const { head, images, shift, shifted, elements } = measured;
    const missing = Object.entries(head).filter(([, there]) => !there);
    const bad = images.filter((x) => !(x.sized && x.loaded && x.fits));
    return [
      {
        audit: "the document says what it is",
        faults: missing.map(([what]) => `without ${what}`),
      },
      {
        audit: "images have sizes, and those that are needed",
        faults: bad.map((x) => JSON.stringify(x)),
      },
      {
        audit: `layout shift under ${LAYOUT_SHIFT_MAX}`,
        faults:
          shift < LAYOUT_SHIFT_MAX ? [] : [`it is ${shift}`, ...shifted],
      },
      {
        audit: `fewer than ${ELEMENTS_MAX} elements`,
        faults: elements < ELEMENTS_MAX ? [] : [`they are ${elements}`],
      },
    ];
  }

  async #manifest(): Promise<Finding[]> {
    const { errors, data } = await this.#cdp.send("Page.getAppManifest");
    const { installabilityErrors } = await this.#cdp.send(
      "Page.getInstallabilityErrors",
    );
    const faults = errors.map((x) => x.message);
    if (!data) faults.push("there is none");
    return [
      { audit: "the manifest is valid", faults },
      {
        audit: "the app can be installed",
        faults: installabilityErrors
          .map((x) => x.errorId)
          // Of the test's own browser context.
          .filter((x) => x !== "in-incognito"),
      },
    ];
  }

  async #access(axeSource: string): Promise<Finding[]> {
    await this.#page.evaluate(axeSource);
    const violations = await this.#page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: Axe };
      const rules = { "target-size": { enabled: true } };
      return (await axe.run({ rules })).violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map((x) => x.html).join(" ")}`,
      );
    });
    const audit = "access: axe-core, with contrast and sizes of targets";
    return [{ audit, faults: violations }];
  }
}

/** Runs in the page, before anything of it. */
function measure(): void {
  const audited: Measured = {
    layoutShift: 0,
    shifted: [],
    largestPaint: NaN,
  };
  Object.assign(globalThis, { audited });
  interface Shift extends PerformanceEntry {
    readonly value: number;
    readonly hadRecentInput: boolean;
    readonly sources: readonly {
      readonly node: Node | null;
      readonly previousRect: DOMRectReadOnly;
      readonly currentRect: DOMRectReadOnly;
    }[];
  }
  const place = ({ x, y, width, height }: DOMRectReadOnly) =>
    [x, y, width, height].map(Math.round).join(" ");
  new PerformanceObserver((list) => {
    for (const x of list.getEntries() as Shift[]) {
      if (x.hadRecentInput) continue;
      audited.layoutShift += x.value;
      for (const { node, previousRect, currentRect } of x.sources)
        audited.shifted.push(
          `at ${Math.round(x.startTime)} ms, ${x.value}: ` +
            `${(node as Element | null)?.outerHTML?.slice(0, 120)} ` +
            `from ${place(previousRect)} to ${place(currentRect)}`,
        );
    }
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    for (const x of list.getEntries()) audited.largestPaint = x.startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
}

async function read(response: Response): Promise<Loaded> {
  const headers = await response.allHeaders();
  const { responseBodySize } = await response.request().sizes();
  const { pathname, origin } = new URL(response.url());
  return {
    path: pathname,
    origin,
    status: response.status(),
    type: headers["content-type"] ?? "",
    encoding: headers["content-encoding"] ?? "",
    cache: headers["cache-control"] ?? "",
    hasTag: headers["etag"] !== undefined,
    bytes: responseBodySize,
  };
}

function network(loaded: readonly Loaded[], address: string): Finding[] {
  const files = loaded.filter((x) => !x.path.startsWith("/v1/"));
  const names = (all: readonly Loaded[]) => all.map((x) => x.path);
  const lasts = (x: Loaded) => {
    const age = Number(/max-age=(\d+)/.exec(x.cache)?.[1] ?? 0);
    const named = x.path.startsWith("/assets/");
    return named ? age >= YEAR_S && /immutable/.test(x.cache) : x.hasTag;
  };
  const scripts = files.filter((x) => x.type.includes("javascript"));
  const bytes = sum(scripts.map((x) => x.bytes));
  if (scripts.length === 0) throw new Error("nothing was loaded");
  const { origin } = new URL(address);
  return [
    {
      audit: "all that is asked for is there",
      faults: names(loaded.filter((x) => x.status >= 400)),
    },
    {
      audit: "nothing comes from elsewhere",
      faults: names(loaded.filter((x) => x.origin !== origin)),
    },
    {
      audit: "text is compressed",
      faults: names(
        files.filter(
          (x) =>
            isText(x.type) &&
            x.encoding === "" &&
            x.bytes >= COMPRESSED_FROM_BYTES,
        ),
      ),
    },
    {
      audit: "files are kept, or asked for by their tag",
      faults: names(files.filter((x) => !lasts(x))),
    },
    {
      audit: `scripts under ${SCRIPTS_BYTES_MAX / 1024} KiB`,
      faults: bytes <= SCRIPTS_BYTES_MAX ? [] : [`they have ${bytes} bytes`],
    },
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
