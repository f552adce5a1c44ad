import { expect, type APIRequestContext } from "@playwright/test";
import { spawn, type ChildProcess } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";

/** A mail as it arrived. */
export interface Mail {
    id: string;
    subject: string;
    html: string;
    text: string;
    /** Every header and part, as it came over the wire. */
    source: string;
}

/** npm `maildev`: a mail server that knows nothing of this program, and shows what it got. */
export class Maildev {
    private constructor(
        private readonly process: ChildProcess,
        readonly smtpPort: number,
        private readonly web: string,
    ) {}

    /** Starts it on free ports of this machine. */
    static async start(api: APIRequestContext): Promise<Maildev> {
        const [smtp, web] = [await freePort(), await freePort()];
        const program = join(import.meta.dirname, "../doubles/node_modules/maildev/dist/bin/maildev.js");
        const where = ["--ip", "127.0.0.1", "--smtp", `${smtp}`, "--web-ip", "127.0.0.1", "--web", `${web}`];
        const child = spawn(process.execPath, [program, ...where, "--silent"], { stdio: "ignore" });
        process.once("exit", () => child.kill());
        const maildev = new Maildev(child, smtp, `http://127.0.0.1:${web}`);
        const isUp = async () => (await api.get(`${maildev.web}/api/healthz`).catch(() => null))?.ok() ?? false;
        await expect.poll(isUp, { timeout: 30_000, message: "maildev starts; are its packages in doubles/?" }).toBe(true);
        return maildev;
    }

    stop() {
        this.process.kill("SIGTERM");
    }

    /** How many mails came to an address. */
    async count(api: APIRequestContext, to: string) {
        return (await this.to(api, to)).length;
    }

    private async to(api: APIRequestContext, to: string): Promise<Omit<Mail, "source">[]> {
        const answer = await (await api.get(`${this.web}/api/email`, { params: { limit: "1000" } })).json();
        const mails: (Mail & { to: { address: string }[] })[] = Array.isArray(answer) ? answer : answer.data;
        return mails.filter((mail) => mail.to.some(({ address }) => address === to));
    }

    /** The only mail to an address, once it is there. */
    async mail(api: APIRequestContext, to: string): Promise<Mail> {
        await expect.poll(() => this.count(api, to), { timeout: 30_000 }).toBe(1);
        const [{ id }] = await this.to(api, to);
        const mail = await (await api.get(`${this.web}/api/email/${id}`)).json();
        const source = await (await api.get(`${this.web}/api/email/${id}/source`)).text();
        return { ...mail, source };
    }
}

/** A header of a mail, unfolded. */
export function header(mail: Mail, name: string): string | undefined {
    const head = mail.source.replaceAll("\r\n", "\n").split("\n\n")[0].replaceAll(/\n[ \t]+/g, " ");
    const line = head.split("\n").find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
    return line?.slice(name.length + 1).trim();
}

async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
}
