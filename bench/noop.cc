// What a measured run starts: nothing.
int main() { return 0; }
