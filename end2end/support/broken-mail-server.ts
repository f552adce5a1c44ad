import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The mail server of `server/carrier/tests/doubles` that misbehaves as the recipient's address asks it to. */
export class BrokenMailServer {
    /** Recipients of the mails it was given whole, in order. */
    readonly mailsTo: string[] = [];
    port = 0;

    private constructor(private readonly process: ChildProcess) {}

    static async start(): Promise<BrokenMailServer> {
        const script = join(import.meta.dirname, "../../server/carrier/tests/doubles/smtp.mjs");
        const modules = join(import.meta.dirname, "../doubles/node_modules");
        const child = spawn(process.execPath, [script, modules, "{}"], { stdio: ["ignore", "pipe", "inherit"] });
        process.once("exit", () => child.kill());
        const server = new BrokenMailServer(child);
        await new Promise<void>((resolve, reject) => {
            child.once("exit", () => reject(new Error("the mail server ended; are its packages in doubles/?")));
            createInterface({ input: child.stdout! }).on("line", (line) => {
                const [, port] = line.match(/^READY (\d+)$/) ?? [];
                if (port) {
                    server.port = Number(port);
                    resolve();
                    return;
                }
                const told = JSON.parse(line);
                if (told.event === "message") server.mailsTo.push(...told.to);
            });
        });
        return server;
    }

    stop() {
        this.process.kill("SIGTERM");
    }
}
