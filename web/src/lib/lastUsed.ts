/** Of what is made by name, the few that were used last; the others are forgotten. */
export class LastUsed<Value> {
  private readonly values = new Map<string, Value>();

  constructor(private readonly most: number) {}

  /** Undefined where it was not made, or is forgotten. Does not count as use. */
  peek = (name: string): Value | undefined => this.values.get(name);

  /** Those that are not forgotten, in the order of their use. Does not count as use. */
  all = (): Value[] => [...this.values.values()];

  use(name: string, make: () => Value): Value {
    const value = this.values.get(name) ?? make();
    this.values.delete(name); // so that what was used last comes last
    this.values.set(name, value);
    for (const oldest of this.values.keys()) {
      if (this.values.size <= this.most) break;
      this.values.delete(oldest);
    }
    return value;
  }
}
