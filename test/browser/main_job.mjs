// SPDX-License-Identifier: Apache-2.0
// main_job.mjs - the main job, as a new user does it in the browser: import the company's files, see who
// owes what, match the receipts, look at the reminders, go live, send the first ones, print a letter.
import { check, EMAIL, finish, PASSWORD, start } from "../http/lib.mjs";
import { companyFiles, leadsTo, lookAt, mailSink, openBrowser, openPage, total } from "./lib.mjs";

const server = await start();
const base = `http://127.0.0.1:${server.port}`;
const sink = await mailSink();
const company = companyFiles();
const browser = await openBrowser();
const page = await openPage(browser);

const text = (selector = "main") => page.locator(selector).innerText();
/* "14 440,86 €" as the page writes cents: narrow spaces and all. */
const amount = (cents) => new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR" }).format(cents / 100);
const submit = (name) => page.getByRole("button", { name }).first().click();

try {
	await page.goto(base + "/");
	check("a stranger is asked to log in", page.url().includes("/login"), page.url());
	await page.getByLabel("Adresse e-mail").fill(EMAIL);
	await page.getByLabel("Mot de passe").fill(PASSWORD);
	await submit("Se connecter");
	await page.waitForURL(base + "/");
	check("an empty company is shown its first steps", (await text()).includes("Premiers pas"), await text());
	const state = await page.context().storageState();
	await lookAt(browser, base, state, "/", "first-steps");

	// ---- import
	await page.goto(base + "/imports");
	await page.setInputFiles("#files", company.files);
	await leadsTo(page, () => submit("Regarder ces fichiers"));
	check("files are kept, nothing is imported yet", (await text(".toasts")).includes("3 fichiers"), await text(".toasts"));
	await leadsTo(page, () => page.getByRole("link", { name: "invoices.csv" }).click());
	check("a file is looked at before it counts", (await text()).includes("Chaque ligne est comprise"), await text());
	await lookAt(browser, base, state, new URL(page.url()).pathname, "import-preview");
	await page.goto(base + "/imports");
	await submit(/Importer les 3 fichiers/);
	await page.getByRole("link", { name: "Voir le tableau de bord" }).waitFor({ timeout: 60000 });
	check("the three files are imported", (await page.locator(".badge.done").count()) === 3, await text());
	await lookAt(browser, base, state, "/imports", "imports");

	// ---- look
	await page.goto(base + "/");
	check("the dashboard tells what is owed, to the cent", (await text(".figures")).includes(amount(total)), await text(".figures"));
	await lookAt(browser, base, state, "/", "dashboard");
	await page.goto(base + "/trends");
	check("how it went ends with what is owed today", (await text(".figures")).includes(amount(total)), await text(".figures"));
	const late = page.locator(".figures-of").nth(1);
	await late.locator("summary").click();
	const lateNow = await late.locator("tbody tr").last().locator("td").innerText();
	await leadsTo(page, () => late.locator("tbody tr").last().locator("a").click());
	check("a figure of a chart leads to items of that sum", (await text("tfoot")).includes(lateNow), lateNow);
	await lookAt(browser, base, state, "/trends", "trends");
	await page.goto(base + "/");
	await leadsTo(page, () => page.locator(".figures a").first().click());
	check("an amount leads to its items, whose total it is", (await text("tfoot")).includes(amount(total).replace(/\s?€/, "")), await text("tfoot"));
	await page.goto(base + "/items?state=late-4");
	check("a filter in the address keeps its items alone", (await page.locator("tbody tr").count()) === 1);
	await lookAt(browser, base, state, "/items", "items");
	await lookAt(browser, base, state, "/customers", "customers");
	await page.locator("tbody a").first().click();
	await page.waitForURL(/items\/\d+/);
	await lookAt(browser, base, state, new URL(page.url()).pathname, "item");
	await page.goto(base + "/customers?sort=-late");
	await leadsTo(page, () => page.getByRole("link", { name: "Harrowmere Fixtures" }).click());
	check("a customer's sheet tells what he owes", (await text(".figures")).includes(amount(2140980 + 33310)), await text(".figures"));
	const customer = new URL(page.url()).pathname;

	// ---- a promise, taken back
	await page.locator("tbody .pick").first().check();
	check("the bar tells the sum ticked", (await text(".picked")).includes(amount(2140980)), await text(".picked"));
	await page.keyboard.press("p");
	await page.waitForURL(/promise/);
	await page.locator("#promised_on").fill(new Date(Date.now() + 4 * 86400000).toISOString().slice(0, 10));
	await submit("Noter la promesse");
	await page.waitForURL(base + customer);
	check("a promise is noted and told", (await text()).includes("attendue"), await text());
	await lookAt(browser, base, state, customer, "customer");
	await page.goto(base + customer);
	await leadsTo(page, () => page.locator("nav.tabs").getByRole("link", { name: "Fil du client" }).click());
	await page.locator("#note-text").fill("Préfère l'e-mail du matin.");
	await leadsTo(page, () => submit("Noter"));
	check("a note stands in the time line", (await text(".story")).includes("Préfère l'e-mail du matin."), await text(".story"));
	await page.locator(".story").waitFor();
	const pdf = await page.request.get(`${base}${customer}/statement.pdf`);
	check("the statement of account is a PDF", (await pdf.body()).subarray(0, 5).toString() === "%PDF-");

	await lookAt(browser, base, state, "/promises", "promises");
	await lookAt(browser, base, state, "/disputes", "disputes");
	await lookAt(browser, base, state, `${customer}/edit`, "customer-edit");
	await lookAt(browser, base, state, "/components", "components");

	// ---- match
	await page.goto(base + "/bank");
	await leadsTo(page, () => submit(/Rapprocher/));
	await page.goto(base + "/items?q=FA2026-0004");
	check("the receipt that names its invoice was applied alone", (await page.locator("tbody tr").count()) === 0, await text());
	await lookAt(browser, base, state, "/bank", "bank");

	// ---- settings, reminders, live, send
	await page.goto(base + "/settings/mail");
	await page.getByLabel("Adresse de l’expéditeur").fill("recouvrement@societe.example");
	await page.getByLabel("Relais de messagerie").fill(`smtp://127.0.0.1:${sink.port}`);
	await leadsTo(page, () => submit("Garder les modifications"));
	await lookAt(browser, base, state, "/settings", "settings");
	await lookAt(browser, base, state, "/settings/mail", "settings-mail");
	await page.goto(base + "/reminders");
	check("reminders are proposed", (await page.locator("tbody .pick").count()) > 0, await text());
	check("a promised invoice is left alone", !(await text("section[data-pick]")).includes("FA2026-0008"));
	await lookAt(browser, base, state, "/reminders", "reminders");
	await lookAt(browser, base, state, "/reminders/policy", "policy");
	const letter = await page.request.get(`${base}/reminders/letter/${customer.split("/").at(-1)}`);
	check("a letter can be seen as a PDF", (await letter.body()).subarray(0, 5).toString() === "%PDF-", letter.status());
	await page.goto(base + "/reminders/policy#live");
	await page.locator("input[name=sure]").check();
	await leadsTo(page, () => page.locator("button[name=live][value=on]").click());
	check("nothing left in test mode", sink.messages.length === 0);
	check("the banner of test mode is gone", (await page.locator(".testing").count()) === 0);
	await page.goto(base + "/reminders");
	await page.locator("thead .pick").check();
	await leadsTo(page, () => page.locator("button[name=act][value=confirm]").click());
	await page.goto(base + "/reminders/outbox");
	await leadsTo(page, () => submit(/Envoyer/));
	for (let i = 0; i < 120 && sink.messages.length === 0; i++) await page.waitForTimeout(500);
	check("the first reminders leave by the relay", sink.messages.length > 0);
	check("they name the invoice and its amount", sink.messages.some((m) => m.includes("FA2026-00")), sink.messages[0]);
	await page.goto(base + "/reminders/outbox");
	await lookAt(browser, base, state, "/reminders/outbox", "outbox");

	// ---- as of a past day
	await page.goto(base + "/?as_of=2020-01-31");
	check("a past day turns the date yellow", (await page.locator(".asof.past").count()) === 1);
	check("no page had an error of its own", page.faults.length === 0, page.faults);
} catch (e) {
	console.log(`# ${server.log.slice(-1500).replaceAll("\n", "\n# ")}`);
	check("the main job goes through", false, `${e.message}\n${await text("body").catch(() => "")}`);
} finally {
	await browser.close();
	await server.stop();
	sink.stop();
	company.remove();
}
finish();
