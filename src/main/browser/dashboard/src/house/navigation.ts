import {
  Ban,
  Bot,
  CalendarClock,
  ChartColumn,
  FileClock,
  ListChecks,
  Megaphone,
  MessagesSquare,
  MessageSquareReply,
  Network,
  Radio,
  Settings2,
  Smartphone,
  Users,
  Webhook,
} from '@lucide/vue';
import type { Component } from 'vue';
import type { Words } from '@/words/words';

export interface Place {
  /** The route's name, and the word for it. */
  name: keyof Words['house'] & string;
  icon: Component;
  admin?: boolean;
}

export interface Section {
  name: 'work' | 'automation' | 'insight' | 'administration';
  places: Place[];
}

/** What the menu shows, from top to bottom; `admin` is for administrators only, as the contract's permissions are. */
export const sections: Section[] = [
  {
    name: 'work',
    places: [
      { name: 'devices', icon: Smartphone },
      { name: 'chats', icon: MessagesSquare },
      { name: 'jobs', icon: Megaphone },
      { name: 'schedules', icon: CalendarClock },
      { name: 'suppressions', icon: Ban },
    ],
  },
  {
    name: 'automation',
    places: [
      { name: 'agents', icon: Bot },
      { name: 'chatbots', icon: MessageSquareReply },
      { name: 'allowedNumbers', icon: ListChecks },
    ],
  },
  {
    name: 'insight',
    places: [
      { name: 'reports', icon: ChartColumn },
      { name: 'events', icon: Radio },
      { name: 'webhooks', icon: Webhook },
    ],
  },
  {
    name: 'administration',
    places: [
      { name: 'users', icon: Users, admin: true },
      { name: 'config', icon: Settings2, admin: true },
      { name: 'audit', icon: FileClock, admin: true },
      { name: 'cluster', icon: Network, admin: true },
    ],
  },
];
