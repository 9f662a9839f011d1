// What the scripts of the reader use of static/first.js and static/site.js, which come before them.
declare const searchScript: string;
declare function button(label: string, action: (made: HTMLButtonElement) => void): HTMLButtonElement;
declare function copy(text: string): Promise<void>;
declare function save(text: string, name: string): void;
declare function read(address: string | URL): Promise<Document>;
declare function offerAbstract(entry: HTMLElement, readAbstract?: () => Promise<Node[]>): HTMLDetailsElement;
declare function loadSearch(): Promise<unknown>;
declare function nameFiles(): void;
declare function asTeX(formula: Element): void;
