import type { Role } from "../../api/accounts";
import select from "../../components/Select.module.css";
import { ROLES } from "./roles";

/** The role of somebody in a table, to be changed at once. */
export const RoleChoice = ({ of, role, set }: { of: string; role: Role; set: (role: Role) => void }) => (
  <select
    className={select.select}
    aria-label={`Role of ${of}`}
    value={role}
    onChange={(event) => set(event.target.value as Role)}
  >
    {ROLES.map(([value, name]) => (
      <option key={value} value={value}>
        {name}
      </option>
    ))}
  </select>
);
