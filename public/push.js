// Subscribes a browser to push notifications of Reportage.
//
// On a site of your own:
//     <script src="https://YOUR-REPORTAGE/push.js" defer></script>
//     Reportage.subscribe({ server: "https://YOUR-REPORTAGE/push/ACCOUNT" })
// from a click, with /push-worker.js served by your site (see there). Who it is may be told with
//     contact: { external_id: "42", email: "", proof: "…" }
// where your server makes the proof: HMAC-SHA256 with the account's identity key, in hexadecimal, over external_id, a line
// feed, and email. Without one a browser is a contact of its own.
// Messages for the page itself are handed to Reportage.onMessage((message) => …); return true when it was shown.
"use strict";

(() => {
    const EARTH_M = 6_371_008;
    let handler = null;

    const isSupported = () =>
        window.isSecureContext && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

    const bytes = (base64url) =>
        Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

    async function ask(url, body) {
        const answer = await fetch(
            url,
            body && {
                method: "POST",
                headers: { "content-type": "application/json" },
                body: JSON.stringify(body),
                credentials: "omit",
            },
        );
        const said = await answer.json().catch(() => ({}));
        if (!answer.ok) throw new Error(said.detail || `The server answered with ${answer.status}.`);
        return said;
    }

    async function current() {
        const registration = isSupported() && (await navigator.serviceWorker.getRegistration());
        return registration ? registration.pushManager.getSubscription() : null;
    }

    /** "unsupported", "denied", "subscribed" or "unsubscribed". */
    async function state() {
        if (!isSupported()) return "unsupported";
        if (Notification.permission === "denied") return "denied";
        return (await current()) ? "subscribed" : "unsubscribed";
    }

    /** Asks the person, then subscribes. Call it from a click: browsers ask for nothing otherwise. */
    async function subscribe({ server, key, contact = {}, worker = "/push-worker.js" }) {
        if (!isSupported()) return "unsupported";
        const permission = await Notification.requestPermission();
        if (permission !== "granted") return permission === "denied" ? "denied" : "unsubscribed";
        server = new URL(server, location.href).href;
        await navigator.serviceWorker.register(worker);
        const registration = await navigator.serviceWorker.ready;
        const ours = bytes(key || (await ask(`${server}/key`)).key);
        let subscription = await registration.pushManager.getSubscription();
        const theirs = subscription && new Uint8Array(subscription.options.applicationServerKey || []);
        if (theirs && theirs.join() !== ours.join()) {
            // Of another key: nothing sent with ours would arrive.
            await subscription.unsubscribe();
            subscription = null;
        }
        subscription ||= await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: ours });
        await ask(`${server}/subscribe`, { ...contact, ...subscription.toJSON() });
        registration.active?.postMessage({ reportage: "config", config: { server, contact } });
        return "subscribed";
    }

    /** Ends the subscription, here and at the server. */
    async function unsubscribe({ server }) {
        const subscription = await current();
        if (subscription) {
            await ask(`${new URL(server, location.href).href}/unsubscribe`, subscription.toJSON());
            await subscription.unsubscribe();
        }
        return state();
    }

    /** Takes messages for the page. The worker hands over those that came while no page was open. */
    function onMessage(take) {
        handler = take;
        collect();
    }

    /** Asks the worker for what came while no page was open. */
    function collect() {
        navigator.serviceWorker?.ready.then((registration) => registration.active?.postMessage({ reportage: "ready" }));
    }

    /** Metres between two points, over a sphere. */
    function distance(a, b) {
        const radians = (degrees) => (degrees * Math.PI) / 180;
        const half = (from, to) => Math.sin((radians(to) - radians(from)) / 2) ** 2;
        const chord =
            half(a.latitude, b.latitude) +
            Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * half(a.longitude, b.longitude);
        return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(chord)));
    }

    /** Whether the device is inside a circle. The person is never asked for the position here; a page that has it may look. */
    async function isInside(circle) {
        const allowed = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
        if (allowed?.state !== "granted") return false;
        const position = await new Promise((resolve) => {
            navigator.geolocation.getCurrentPosition(resolve, () => resolve(null), { timeout: 8_000, maximumAge: 60_000 });
        });
        const centre = { latitude: Number(circle.latitude), longitude: Number(circle.longitude) };
        return position !== null && distance(position.coords, centre) <= circle.radius_m;
    }

    /** The answer to the worker; see there. */
    async function answer(message) {
        if (message.kind === "geo") return message.geo && (await isInside(message.geo)) ? "show" : "outside";
        if (!handler) return "";
        return (await handler(message)) && message.kind === "in_app" ? "shown" : "taken";
    }

    navigator.serviceWorker?.addEventListener("message", async (event) => {
        const { reportage, message } = event.data ?? {};
        if (reportage !== "message") return;
        event.ports[0]?.postMessage("here");
        const said = await answer(message).catch(() => "");
        event.ports[0]?.postMessage(said);
    });
    // Pages that set `onmessage` start by themselves; those that listen have to say so.
    navigator.serviceWorker?.startMessages();

    /** A part of a page that shows the state and has the two buttons: `data-push="/push/ACCOUNT"`. */
    function bind(part) {
        const server = part.dataset.push;
        const say = (now, why = "") => {
            for (const one of part.querySelectorAll("[data-when]")) {
                one.hidden = !one.dataset.when.split(" ").includes(now);
            }
            for (const one of part.querySelectorAll("[data-why]")) one.textContent = why;
            part.dataset.state = now;
        };
        const run = (deed) => async (event) => {
            event.preventDefault();
            say("busy");
            try {
                say(await deed());
            } catch (error) {
                say("failed", error.message);
            }
        };
        const form = part.querySelector("form");
        const name = () => new FormData(form).get("name")?.trim();
        form?.addEventListener("submit", run(() => subscribe({ server, contact: name() ? { name: name() } : {} })));
        part.querySelector("[data-leave]")?.addEventListener("click", run(() => unsubscribe({ server })));
        part.querySelector("[data-again]")?.addEventListener("click", run(state));
        state().then(say, (error) => say("failed", error.message));
    }

    window.Reportage = { ...window.Reportage, subscribe, unsubscribe, state, onMessage };
    const start = () => {
        document.querySelectorAll("[data-push]").forEach(bind);
        // What depends on the place needs no handler.
        if (!handler) collect();
    };
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
    else start();
})();
