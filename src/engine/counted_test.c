#include "base/cleanup.h"
#include "base/testing.h"
#include "engine/counted.h"

static weir_stack_t iface(uint32_t index, uint8_t kind)
{
    return (weir_stack_t){.index = index, .kind = kind, .up = true};
}

static void expect(weir_stack_t *stacks, size_t n, uint32_t default_route, const bool counted[])
{
    weir_counted_judge(stacks, n, default_route);
    for (size_t i = 0; i < n; i++)
        if (stacks[i].counted != counted[i])
            fail_msg("interface %u counted %d", stacks[i].index, stacks[i].counted);
}

static void a_laptop(void **state)
{
    (void)state;
    weir_stack_t stacks[] = {iface(1, WEIR_KIND_LOOPBACK), iface(2, WEIR_KIND_ETHERNET),
                             iface(3, WEIR_KIND_WIFI)};
    stacks[1].up = false;
    expect(stacks, 3, 3, (const bool[]){false, false, true});
}

static void a_vpn_over_ethernet(void **state)
{
    (void)state;
    weir_stack_t stacks[] = {iface(2, WEIR_KIND_ETHERNET), iface(3, WEIR_KIND_TUNNEL),
                             iface(4, WEIR_KIND_TUNNEL)};
    stacks[2].has_endpoint = true;
    stacks[2].carrier = 2;
    expect(stacks, 3, 2, (const bool[]){true, false, false});
    expect(stacks, 3, 3, (const bool[]){true, false, false}); /* the VPN has the default route */
    expect(stacks, 3, 0, (const bool[]){true, false, false}); /* nobody has it */
}

static void a_tunnel_alone_stands_for_itself(void **state)
{
    (void)state;
    weir_stack_t stacks[] = {iface(1, WEIR_KIND_LOOPBACK), iface(2, WEIR_KIND_TUNNEL)};
    expect(stacks, 2, 2, (const bool[]){false, true});
}

static void a_bridge_repeats_its_ports(void **state)
{
    (void)state;
    weir_stack_t stacks[] = {iface(2, WEIR_KIND_ETHERNET), iface(3, WEIR_KIND_BRIDGE),
                             iface(4, WEIR_KIND_TAP), iface(5, WEIR_KIND_BRIDGE)};
    stacks[0].master = 3;
    stacks[2].master = 3;
    expect(stacks, 4, 3, (const bool[]){true, false, true, true});
}

static void a_bridge_over_a_vlan_is_counted_below(void **state)
{
    (void)state;
    weir_stack_t stacks[] = {iface(2, WEIR_KIND_ETHERNET), iface(3, WEIR_KIND_VLAN),
                             iface(4, WEIR_KIND_BRIDGE)};
    stacks[1].lower = 2;
    stacks[1].master = 4;
    expect(stacks, 3, 4, (const bool[]){true, false, false});
}

static void a_bond_is_counted_by_its_ports(void **state)
{
    (void)state;
    weir_stack_t stacks[] = {iface(2, WEIR_KIND_ETHERNET), iface(3, WEIR_KIND_ETHERNET),
                             iface(4, WEIR_KIND_BOND)};
    stacks[0].master = stacks[1].master = 4;
    expect(stacks, 3, 4, (const bool[]){true, true, false});
}

static void veth_pairs(void **state)
{
    (void)state;
    weir_stack_t stacks[] = {iface(2, WEIR_KIND_VETH), iface(3, WEIR_KIND_VETH),
                             iface(4, WEIR_KIND_VETH), iface(5, WEIR_KIND_MACVLAN)};
    stacks[0].lower = 3; /* both ends here */
    stacks[1].lower = 2;
    stacks[2].lower_elsewhere = true;
    stacks[3].lower = 4;
    expect(stacks, 4, 0, (const bool[]){true, false, true, false});
}

static void what_mirrors_is_not_counted(void **state)
{
    (void)state;
    weir_stack_t stacks[] = {iface(2, WEIR_KIND_ETHERNET), iface(3, WEIR_KIND_VIRTUAL)};
    stacks[1].mirror = true;
    expect(stacks, 2, 2, (const bool[]){true, false});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_laptop),
        cmocka_unit_test(a_vpn_over_ethernet),
        cmocka_unit_test(a_tunnel_alone_stands_for_itself),
        cmocka_unit_test(a_bridge_repeats_its_ports),
        cmocka_unit_test(a_bridge_over_a_vlan_is_counted_below),
        cmocka_unit_test(a_bond_is_counted_by_its_ports),
        cmocka_unit_test(veth_pairs),
        cmocka_unit_test(what_mirrors_is_not_counted),
    };
    return weir_test_run("engine/counted", tests);
}
