import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { signOut } from "../api/accounts";
import { peoplePlaces, peopleQuery } from "../api/people";
import { viewerQuery } from "../api/queries";
import { Menu } from "../components/Menu";
import { PersonIcon } from "../components/signs";
import styles from "./Shell.module.css";

/** Who is signed in, and the ways to what belongs to them. What there is to see is asked when the menu is about to open. */
export function PersonMenu() {
  const [, navigate] = useLocation();
  const [wanted, setWanted] = useState(false);
  const viewer = useQuery(viewerQuery).data;
  const people = useQuery({ ...peopleQuery, enabled: wanted }).data;
  if (viewer === undefined) return null;
  const want = () => setWanted(true);
  const leave = async () => {
    await signOut();
    window.location.assign("/");
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside is about to be pressed
    <span onPointerEnter={want} onFocus={want}>
      <Menu
        label={`Account of ${viewer.name}`}
        className={styles.person}
        name={
          <>
            <PersonIcon />
            <span>{viewer.name}</span>
          </>
        }
        arriving
        items={() => [
          ...peoplePlaces(people).map(({ name, href }) => ({ name, act: () => navigate(href) })),
          ...(people?.company ? [null, { name: "Sign out", act: () => void leave() }] : []),
        ]}
      />
    </span>
  );
}
