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
