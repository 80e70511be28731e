import type { Page } from "playwright-core";

/** Changes between light and dark, and waits until that is drawn. */
export async function setColors(
  page: Page,
  colorScheme: "light" | "dark",
): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(async () => {
    for (let i = 0; i < 2; ++i)
      await new Promise((drawn) => requestAnimationFrame(drawn));
  });
}
