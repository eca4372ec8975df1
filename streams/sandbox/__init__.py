"""What a newcomer or a test needs instead of the real world.

Layout
------
kafka     a real Apache Kafka as a child of this process
emulator  the providers, with their faults, limits and a bill
samples   pages with their labels
leash     a process that ends when we do, however we end
"""
