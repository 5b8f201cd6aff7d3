import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { useAccess } from '@/access/access';
import HouseLayout from '@/house/HouseLayout.vue';

declare module 'vue-router' {
  interface RouteMeta {
    /** For administrators only. */
    admin?: boolean;
    /** Needs no login. */
    open?: boolean;
  }
}

/** Every view, in the order of the menu. */
const views: RouteRecordRaw[] = [
  { path: '', redirect: { name: 'devices' } },
  { path: 'devices', name: 'devices', component: () => import('@/session/DevicesView.vue') },
  { path: 'devices/:deviceId', name: 'device', component: () => import('@/session/DeviceView.vue'), props: true },
  { path: 'chats/:deviceId?/:chat?', name: 'chats', component: () => import('@/chat/ChatsView.vue'), props: true },
  { path: 'jobs', name: 'jobs', component: () => import('@/batch/JobsView.vue') },
  { path: 'jobs/new', name: 'newJob', component: () => import('@/batch/NewJobView.vue'), meta: { admin: true } },
  { path: 'jobs/:jobId', name: 'job', component: () => import('@/batch/JobView.vue'), props: true },
  { path: 'schedules', name: 'schedules', component: () => import('@/schedule/SchedulesView.vue') },
  { path: 'suppressions', name: 'suppressions', component: () => import('@/suppression/SuppressionsView.vue') },
  { path: 'agents', name: 'agents', component: () => import('@/agent/AgentsView.vue') },
  { path: 'chatbots', name: 'chatbots', component: () => import('@/agent/ChatbotsView.vue') },
  { path: 'allowed-numbers', name: 'allowedNumbers', component: () => import('@/reporting/AllowedNumbersView.vue') },
  { path: 'reports', name: 'reports', component: () => import('@/statistics/ReportsView.vue') },
  { path: 'events', name: 'events', component: () => import('@/event/EventsView.vue') },
  { path: 'webhooks', name: 'webhooks', component: () => import('@/webhook/WebhooksView.vue') },
  { path: 'webhooks/:id', name: 'webhook', component: () => import('@/webhook/WebhookView.vue'), props: true },
  { path: 'users', name: 'users', component: () => import('@/access/UsersView.vue'), meta: { admin: true } },
  { path: 'config', name: 'config', component: () => import('@/config/ConfigView.vue'), meta: { admin: true } },
  { path: 'audit', name: 'audit', component: () => import('@/audit/AuditView.vue'), meta: { admin: true } },
  { path: 'cluster', name: 'cluster', component: () => import('@/cluster/ClusterView.vue'), meta: { admin: true } },
  { path: 'profile', name: 'profile', component: () => import('@/access/ProfileView.vue') },
  { path: 'api-keys', name: 'apiKeys', component: () => import('@/access/ApiKeysView.vue') },
  { path: ':missing(.*)*', name: 'missing', component: () => import('@/house/NotFoundView.vue') },
];

export const router = createRouter({
  history: createWebHistory('/dashboard/'),
  routes: [
    { path: '/sign-in', name: 'signIn', component: () => import('@/access/SignInView.vue'), meta: { open: true } },
    { path: '/', component: HouseLayout, children: views },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

router.beforeEach((to) => {
  if (useAccess().user === undefined && !to.meta.open) {
    return { name: 'signIn', query: to.fullPath === '/' ? {} : { next: to.fullPath } };
  }
  return true;
});

/** As after the load of a page: a screen reader and the keyboard begin at its heading. */
router.afterEach((to, from) => {
  if (to.path !== from.path && from.matched.length > 0) {
    requestAnimationFrame(() => document.querySelector<HTMLElement>('h1')?.focus());
  }
});
