// The header compiles as C++, and the library links with it.
#include <fast.h>

int main() {
    fast_transition transition{};
    transition.struct_size = sizeof transition;
    return fast_abi_version() == FAST_ABI_VERSION && fast_environment_reset(1, 0, 0, &transition) == FAST_BAD_HANDLE ? 0 : 1;
}
