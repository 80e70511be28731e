import assert from "node:assert/strict";
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Locator,
  Page,
} from "playwright-core";

export const PASSWORD = "looking-glass";

const MARKS = ["sent", "delivered", "read"] as const;
type Mark = (typeof MARKS)[number];

/** Somebody in front of a browser of their own. */
export class Person {
  readonly user: string;
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page complained of: errors, and what its policy refused. */
  readonly complaints: string[] = [];

  constructor(user: string, page: Page) {
    this.user = user;
    this.page = page;
    this.context = page.context();
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      const text = message.text();
      // Without a connection requests fail; that is what is tested then.
      if (message.type() !== "error" || /net::ERR|WebSocket/.test(text)) return;
      this.complaints.push(text);
    });
  }

  /** Opens the page in a browser that has not seen it before. */
  static async at(
    browser: Browser,
    url: string,
    user: string,
    options: BrowserContextOptions = {},
  ): Promise<Person> {
    const context = await browser.newContext({
      locale: "en-GB",
      reducedMotion: "reduce",
      viewport: { width: 1280, height: 800 },
      ...options,
    });
    context.setDefaultTimeout(60_000);
    const person = new Person(user, await context.newPage());
    await person.page.goto(url);
    await person.page.getByRole("heading").first().waitFor();
    return person;
  }

  /** The same, with a new account. */
  static async registered(
    browser: Browser,
    url: string,
    user: string,
    options: BrowserContextOptions & { name?: string } = {},
  ): Promise<Person> {
    const { name, ...rest } = options;
    const person = await Person.at(browser, url, user, rest);
    await person.register(name);
    return person;
  }

  async register(name?: string): Promise<void> {
    const { page } = this;
    await page.getByRole("button", { name: "Create an account" }).click();
    await page.getByLabel("User name").fill(this.user);
    if (name) await page.getByLabel("Your name").fill(name);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await this.online();
  }

  async signIn(): Promise<void> {
    const { page } = this;
    await page.getByLabel("User name").fill(this.user);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await this.online();
  }

  online(): Promise<void> {
    return this.page
      .locator('[data-connection="online"]')
      .waitFor({ state: "attached" });
  }

  /** Finds somebody and opens the conversation with them. */
  async writeTo(user: string): Promise<void> {
    const { page } = this;
    await page.getByRole("button", { name: "New conversation" }).click();
    await page.getByLabel("Find somebody").fill(user);
    await page.getByRole("button", { name: `@${user}` }).click();
    await this.field.waitFor();
  }

  /** Opens a conversation that is in the list. */
  async open(title: string): Promise<void> {
    await this.entry(title).click();
    await this.page.locator(".chat-title", { hasText: title }).waitFor();
  }

  get field(): Locator {
    return this.page.getByRole("textbox", { name: "Message", exact: true });
  }

  async send(text: string): Promise<void> {
    await this.field.fill(text);
    await this.field.press("Enter");
  }

  /** A conversation in the list. */
  entry(title: string): Locator {
    return this.page.locator(".entry-link", { hasText: title });
  }

  /** A message in the conversation that is open. */
  message(text: string): Locator {
    return this.page.locator("article", { hasText: text });
  }

  async sees(text: string): Promise<void> {
    await this.message(text).first().waitFor();
  }

  /** Waits until a message of one's own has come so far, or further. */
  async marked(text: string, mark: Mark): Promise<void> {
    const enough = MARKS.slice(MARKS.indexOf(mark)).map((x) => `.mark-${x}`);
    await this.message(text).locator(enough.join()).waitFor();
  }

  /** Waits until a message of one's own is shown as not sent yet. */
  async waiting(text: string): Promise<void> {
    await this.message(text).locator(".mark-pending").waitFor();
  }

  async use(text: string, tool: string): Promise<void> {
    await this.message(text).hover();
    await this.message(text).getByRole("button", { name: tool }).click();
  }

  checkNoComplaints(): void {
    assert.deepEqual(this.complaints, []);
  }
}
