// SPDX-License-Identifier: Apache-2.0
// A clearing session by keyboard alone: what waits is accepted, split, kept on account, taken back; the page is
// never loaded whole.
import { check, finish, run, start } from "../http/lib.mjs";
import { here, leadsTo, lookAt, openBrowser, openPage } from "./lib.mjs";

const server = await start({ demo: "small" });
const base = `http://127.0.0.1:${server.port}`;
const faults = () => JSON.parse(run(server.db, ["verify", "--json"]).out).faults;
const browser = await openBrowser();
const page = await openPage(browser);
page.setDefaultTimeout(8000);
await page.goto(`${base}/login`);
await page.fill("#email", "compta@encours.example");
await page.fill("#password", "essai-encours-2026");
await leadsTo(page, () => page.keyboard.press("Enter"));

// The first entry that was recognised: before it stand those of nobody.
await page.goto(`${base}/bank`);
await page.goto(base + await page.locator("[data-queue] li:has(.pick) a").first().getAttribute("href"));
let loads = 0;
page.on("load", () => loads++);
const left = async () => Number((await page.locator("#queue + span").innerText()).replace(/\D.*$/s, ""));
const current = () => page.locator("[data-queue] a[aria-current]");
const chosen = async () => (await page.locator("#entry").innerText()).trim();
// The part that stands now, and one that has taken its place.
const mark = () => page.evaluate(() => { document.querySelector("#desk").dataset.before = ""; });
const placed = () => page.waitForFunction(() => document.querySelector("#desk")?.dataset.before === undefined);
// Presses a key and waits for the part of the page it brings.
const press = async (key) => {
	const isPart = (r) => /\/bank(\/entries\/\d+)?(\?.*)?$/.test(r.url()) && r.request().resourceType() === "fetch" && r.status() === 200;
	await mark();
	const [part] = await Promise.all([page.waitForResponse(isPart), page.keyboard.press(key)]);
	check(`${key} is answered by a part`, part.headers()["x-part"] === "part");
	await placed();
};

const before = await left();
const first = await current().getAttribute("href");
check("entries wait", before > 5, before);
check("what was recognised is told in words", (await page.locator(".evidence li").count()) > 0);
check("Enter's button has the focus", await page.evaluate(() => document.activeElement.matches("[data-enter]")));

await press("j");
const second = await current().getAttribute("href");
check("J shows the next entry", second !== first && (await here(page)).endsWith(second));
await press("k");
check("K goes back", (await current().getAttribute("href")) === first);

await press("Enter");
check("Enter accepts, and the next entry is there", (await left()) === before - 1 && (await current().getAttribute("href")) === second, await left());
check("what was done is told with a way back", (await page.locator(".toasts [data-undo]").count()) === 1);
await press("Control+z");
check("Ctrl Z takes it back", (await left()) === before && (await here(page)).includes(first.split("/").pop()), await here(page));

// Splitting by keyboard: M goes to the first amount.
const explained = await page.locator("[data-queue] li:has(.pick) a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
await page.goto(`${base}${explained.find((href) => href !== first)}`);
await page.keyboard.press("m");
check("M goes to an amount", await page.evaluate(() => document.activeElement.matches("input.split")));
await page.keyboard.type("999999999,99");
check("the sums follow what is typed", (await page.locator("[data-sum-left]").innerText()).includes("\u2212"));
const refusal = page.waitForResponse((r) => r.status() === 422);
await mark();
await page.keyboard.press("Enter");
await refusal;
await placed();
check("more than is open is refused, and what was typed is kept", (await page.locator("input.split").first().inputValue()) === "999999999,99");
await page.locator("input.split").first().fill("");
const owed = page.locator("tr", { has: page.locator("[data-take]:not([data-take^='-'])") }).locator("input.split").first();
await owed.fill("1,00");
await press("Enter");
check("an amount is applied", (await left()) === before - 1);

// Finding by amount.
await page.keyboard.press("/");
check("/ goes to the search", await page.evaluate(() => document.activeElement.matches("[data-find-key]")));
const amount = (await page.locator("[data-queue] a .num").nth(1).innerText()).trim();
await page.keyboard.type(amount.replace(/\s/g, ""));
await press("Enter");
check("an amount finds its entry", (await page.locator("[data-queue] a .num").allInnerTexts()).every((t) => t.trim() === amount), amount);
await page.goto(`${base}/bank?q=zzzzzz`);
check("nothing found is told", (await page.locator(".desk-list .empty").count()) === 1);

// Ten entries one after another.
await page.goto(`${base}/bank`);
loads = 0;
const n = await left();
const began = Date.now();
for (let i = 0; i < 10; i++) await press((await page.locator("[data-enter]").count()) ? "Enter" : "i");
const took = Date.now() - began;
check("ten entries are decided by keyboard", (await left()) === n - 10, [n, await left()]);
check("without a whole page", loads === 0, loads);
console.log(`# ten entries in ${took} ms`);
// Several at once, looked at first; one undo takes them all back.
await page.goto(`${base}/bank`);
const waiting = await left();
// Of two payers: a payer's two equal payments want one document.
const payers = await page.locator("[data-queue] li:has(.pick) a").evaluateAll((all) => all.map((a) => a.querySelector("b, strong")?.innerText));
await page.locator(".pick").nth(0).check();
await page.locator(".pick").nth(payers.findIndex((name) => name !== payers[0])).check();
await page.locator("#main").focus();
await Promise.all([page.waitForURL(/bulk/), page.keyboard.press("p")]);
check("two ticked entries are looked at", (await page.locator("tbody input[name=entry]").count()) === 2, [page.url(), await page.locator("input[name=entry]").count()]);
await Promise.all([page.waitForURL(/\/bank$/), page.keyboard.press("v")]);
check("and accepted together", (await left()) === waiting - 2, await left());
await press("Control+z");
check("one undo takes both back", (await left()) === waiting, await left());

// Money that goes back, by keyboard.
await page.goto(`${base}${(await page.locator("[data-queue] li:has(.pick) a").first().getAttribute("href"))}`);
await page.keyboard.press("f");
await page.locator("#refund-iban").fill("FR7630006000011234567890189");
await page.locator("#refund-holder").fill("Payeur Exemple");
await page.locator("#refund-reason").fill("Payé deux fois");
await press("Enter");
check("a refund is ordered", (await left()) === waiting - 1);
await page.goto(`${base}/bank/refunds`);
check("and listed", (await page.locator("tbody tr").count()) === 1);
await page.goto(`${base}/bank`);
check("every law holds", faults().length === 0, faults());
check("no script failed", page.faults.filter((f) => !f.includes("422")).length === 0, page.faults);

const state = await page.context().storageState();
await lookAt(browser, base, state, "/bank", "desk");
await lookAt(browser, base, state, explained[1], "desk-entry");
await lookAt(browser, base, state, "/bank/refunds", "refunds");
await lookAt(browser, base, state, "/bank/bulk?above=900", "bulk");
await browser.close();
await server.stop();
finish();
