// SPDX-License-Identifier: Apache-2.0
// Login, sessions, tokens: what an attacker in another tab, on another site or with a stolen cookie tries.
import { Browser, EMAIL, PASSWORD, check, finish, login, start } from "./lib.mjs";

const server = await start();

// ---- headers
const page = await new Browser(server).get("/login");
check("the login page answers", page.status === 200);
check("the content security policy allows no inline script",
	page.headers["content-security-policy"].startsWith(
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;") &&
	!/unsafe/.test(page.headers["content-security-policy"]), page.headers);
check("no page has an inline script, style or handler",
	!/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/i.test(page.text));
check("pages are not kept by caches", page.headers["cache-control"] === "no-store");
check("nothing is guessed about the type", page.headers["x-content-type-options"] === "nosniff");
check("cookies are HttpOnly and SameSite",
	page.headers["set-cookie"].every((c) => /HttpOnly/.test(c) && /SameSite=Lax/.test(c)));

// ---- login
const anonymous = new Browser(server);
check("the health page needs no login", (await anonymous.get("/healthz")).status === 200);
await anonymous.get("/login");
check("a wrong password is refused",
	(await anonymous.post("/login", { email: EMAIL, password: "wrong" })).status === 422);
check("an unknown account gets the same answer",
	(await anonymous.post("/login", { email: "nobody@example.org", password: "wrong" })).status === 422);
check("a login without token is refused",
	(await anonymous.post("/login", { csrf: null, email: EMAIL, password: PASSWORD })).status === 403);
check("a login with the token of another browser is refused", await (async () => {
	const other = new Browser(server);
	await other.get("/login");
	const answer = await anonymous.post("/login", { csrf: other.csrf, email: EMAIL, password: PASSWORD });
	return answer.status === 403;
})());
check("a login does not lead to another site", await (async () => {
	const b = new Browser(server);
	await b.get("/login?back=//evil.example/");
	const to = (await b.post("/login", { email: EMAIL, password: PASSWORD, back: "//evil.example/" })).headers.location;
	return to === "/";
})());

// ---- fixation
const fixed = new Browser(server);
const chosen = "ab".repeat(32);
fixed.cookies.set("encours_session", chosen);
await fixed.get("/login");
await fixed.post("/login", { email: EMAIL, password: PASSWORD });
check("a session chosen before the login is not the session after it",
	fixed.cookies.get("encours_session") !== chosen && fixed.cookies.get("encours_session").length === 64);
const thief = new Browser(server);
thief.cookies.set("encours_session", chosen);
check("who knew the cookie before is not logged in",
	(await thief.post("/logout", {}, { Accept: "application/json" })).status === 401);
const first = fixed.cookies.get("encours_session");
await fixed.get("/no-such-page");
const again = new Browser(server);
again.cookies = new Map(fixed.cookies);
check("logging in again changes the session", await (async () => {
	const b = await login(server);
	return b.cookies.get("encours_session") !== first;
})());

// ---- writes from elsewhere
const clerk = await login(server);
const refused = async (name, fields, headers) => {
	const answer = await clerk.post("/language", { language: "fr", ...fields }, headers);
	check(name, answer.status === 403, answer.status);
};
await refused("a write without token is refused", { csrf: null });
await refused("a write with an empty token is refused", { csrf: "" });
await refused("a write with a wrong token is refused", { csrf: "0".repeat(64) });
await refused("a write from another origin is refused", {}, { Origin: "https://evil.example" });
await refused("a write from a sandbox is refused", {}, { Origin: "null" });
await refused("a write that the browser calls cross-site is refused", {}, { "Sec-Fetch-Site": "cross-site" });
await refused("a write from a sister site is refused", {}, { "Sec-Fetch-Site": "same-site" });
check("the token of the login page is not that of the session", await (async () => {
	const b = new Browser(server);
	await b.get("/login");
	const before = b.csrf;
	await b.post("/login", { email: EMAIL, password: PASSWORD });
	return (await b.post("/language", { csrf: before, language: "fr" })).status === 403;
})());
const good = await clerk.post("/language", { language: "fr", back: "/login" },
	{ Origin: `http://127.0.0.1:${server.port}`, Host: `127.0.0.1:${server.port}`, "Sec-Fetch-Site": "same-origin" });
check("a write from our own page is done", good.status === 303 && good.headers.location === "/login", good.status);
check("the token may come in a header", (await clerk.post("/language", { csrf: null, language: "fr" },
	{ "X-CSRF-Token": clerk.csrf })).status === 303);
check("a redirect stays within the site",
	(await clerk.post("/language", { language: "fr", back: "https://evil.example/" })).headers.location === "/");

// ---- language
check("the user's language is kept", /lang="fr"/.test((await clerk.get("/no-such-page", { "Accept-Language": "en" })).text));
check("others get the language of their browser",
	/lang="fr"/.test((await new Browser(server).get("/login", { "Accept-Language": "fr-FR,en;q=0.5" })).text) &&
	/lang="en"/.test((await new Browser(server).get("/login", { "Accept-Language": "de" })).text));

// ---- logout
const stolen = new Browser(server);
stolen.cookies = new Map(clerk.cookies);
stolen.csrf = clerk.csrf;
check("a copy of the cookie works before the logout", (await stolen.post("/language", { language: "en" })).status === 303);
check("the logout is done", (await clerk.post("/logout")).status === 303);
check("no copy of the cookie works after the logout",
	(await stolen.post("/language", { language: "en" }, { Accept: "application/json" })).status === 403);
check("the browser's cookie is gone", !clerk.cookies.has("encours_session"));

// ---- guessing
const guesser = new Browser(server);
await guesser.get("/login");
let last = 0;
for (let i = 0; i < 12; i++)
	last = (await guesser.post("/login", { email: "target@example.org", password: `guess ${i}` })).status;
check("guessing is slowed down", last === 429, last);

const end = await server.stop();
check("the server ends by itself", end.code === 0, end);
check("the log has no address and no password", !server.log.includes(EMAIL) && !server.log.includes(PASSWORD));
finish();
